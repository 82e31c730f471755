import { History, type Issued, rowOf } from './history.ts'
import { type Entry, type Sight, succeeded } from './ledger.ts'
import { Tally, type Verdict } from './tally.ts'

/**
 * Compares what tokens opened with what the answers before had promised. Every request with a token is looked at, those of the verification as those of the
 * visitors; and what an operation that was begun before the end of that request may have changed is not compared.
 */
export function judge(entries: readonly Entry[]): Verdict {
  const history = new History(entries)
  const tally = new Tally(entries)
  for (const look of entries) {
    const target = look.token === undefined ? undefined : history.issued(look.token)
    if (target && look.answer?.sight) compare(history, tally, look, target, look.answer.sight)
  }
  return tally.verdict
}

function compare(history: History, tally: Tally, look: Entry, target: Issued, sight: Sight): void {
  const others = history.of(target.user).filter((entry) => entry !== look)
  const endings = others.map((entry) => ({ entry, ending: history.ending(entry, target) }))
  const hasEnded = endings.some(({ entry, ending }) => ending === 'must' && isOver(entry, look))
  const mayHaveEnded = endings.some(({ entry, ending }) => ending !== 'no' && isBegun(entry, look))
  tally.compared++
  if (sight.user !== null && sight.user !== target.user) tally.userChanged(target, sight.user)
  else if (sight.user !== null && hasEnded) tally.aliveAgain(target)
  if (sight.user === target.user) compareWrites(others, tally, look, target.row, sight)
  else if (sight.user === null && !mayHaveEnded) {
    if (opensLater(history, look, target)) return tally.lookedLoggedOut(target, look)
    tally.lost(target.by, look)
    compareWrites(others, tally, look, target.row, sight)
  }
}

function opensLater(history: History, look: Entry, target: Issued): boolean {
  return history
    .of(target.user)
    .some((later) => later.token === target.token && later.begun > (look.ended as number) && later.answer?.sight?.user === target.user)
}

function compareWrites(others: readonly Entry[], tally: Tally, look: Entry, row: string, sight: Sight): void {
  const writes = others.filter((entry) => entry.token !== undefined && rowOf(entry.token) === row && isBegun(entry, look))
  const isAcknowledged = (entry: Entry): boolean => succeeded(entry) && isOver(entry, look)

  const sets = writes.filter(({ act }) => act === 'set')
  const surest = sets.findLast(isAcknowledged)
  // One that was answered before the surest began, with whatever answer, can't have come after it.
  const mayStand = sets.filter((set) => set === surest || !surest || (set.ended ?? Number.POSITIVE_INFINITY) > surest.begun)
  const stands = sight.last === null ? !surest : mayStand.some(({ value }) => value === sight.last)
  if (!stands && surest) tally.lost(surest, look)
  else if (!stands) tally.odd(`row ${row} holds ${sight.last}, which nobody wrote`)

  const counts = writes.filter(({ act }) => act === 'count')
  tally.counted(row, sight.count, counts.filter(isAcknowledged).length, counts.length)
}

const isOver = (entry: Entry, look: Entry): boolean => entry.ended !== undefined && entry.ended < look.begun
const isBegun = (entry: Entry, look: Entry): boolean => entry.begun < (look.ended as number)
