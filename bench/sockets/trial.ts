import { setTimeout as sleep } from 'node:timers/promises'
import { SESSION_ENDED } from 'instar/adapters/sockets'
import type { Client } from './client.ts'
import { Crowd, type Device } from './crowd.ts'
import type { Setup } from './server.ts'

export interface Result {
  readonly sockets: number
  readonly users: number
  readonly endings: { readonly [ending in Ending]: Tally }
  /** Sessions that were watched still when nobody was connected any more. */
  readonly watchedAfterwards: number
}

/** Of all rounds; each ends what one user has, and looks at all sockets. */
export interface Tally {
  readonly rounds: number
  /** Sockets that were to be closed and were, with whichever code. */
  readonly closed: number
  /** From the order to end until the last client saw its socket closed. */
  readonly milliseconds: { readonly median: number; readonly worst: number }
  readonly closedWrongly: number
  readonly leftOpen: number
  /** Closed with another code than that of an ended session. */
  readonly otherCodes: number
  /** Sockets that stayed open as they should, and did not answer with their user. */
  readonly wrongAnswers: number
}

export type Ending = keyof typeof ENDINGS

/** What ends sessions, by one of the processes, and whose sockets are to be closed then. */
const ENDINGS = {
  /** All of a user. */
  revokeAll: {
    meant: (devices: readonly Device[]) => devices,
    end: (crowd: Crowd, process: number, { userId }: Device) => crowd.revokeAll(process, userId),
  },
  /** One of a user's devices, by a request. */
  logout: {
    meant: ([device]: readonly Device[]) => (device ? [device] : []),
    end: (crowd: Crowd, process: number, device: Device) => crowd.logOut(process, device),
  },
}

export interface Extent {
  readonly users: number
  readonly rounds: number
  /** A round begins after a random time of at most so many milliseconds. */
  readonly pause?: number
  /** How long is waited for what does not happen, in milliseconds. */
  readonly patience: number
}

/** Opens the sockets of so many users, ends sessions of one user in each round, and counts what became of all sockets. */
export async function tryOut(setup: Setup, extent: Extent): Promise<Result> {
  const { users, patience } = extent
  const crowd = await Crowd.gather(setup, users)
  try {
    const sockets = crowd.clients.length
    const gone = new Set<Client>()
    const revokeAll = await tallied('revokeAll', crowd, gone, extent)
    const logout = await tallied('logout', crowd, gone, extent)
    return { sockets, users, endings: { revokeAll, logout }, watchedAfterwards: await crowd.disperse(patience) }
  } finally {
    await crowd.stop()
  }
}

/** What must not be, as lines. */
export function failuresOf({ endings, watchedAfterwards }: Result): readonly string[] {
  const lines = Object.entries(endings).flatMap(([ending, { closedWrongly, leftOpen, otherCodes, wrongAnswers }]) => [
    [closedWrongly, `closed wrongly by ${ending}`],
    [leftOpen, `left open by ${ending}`],
    [otherCodes, `closed with another code by ${ending}`],
    [wrongAnswers, `without their answer after ${ending}`],
  ])
  return [...lines.map(([count, what]) => [count, `sockets ${what}`]), [watchedAfterwards, 'sessions watched though nobody was connected']].flatMap(
    ([count, what]) => (count === 0 ? [] : [`${count} ${what}`]),
  )
}

/** Stops after a round that left sockets open: the next would wait as long. */
async function tallied(ending: Ending, crowd: Crowd, gone: Set<Client>, { rounds, pause = 0, patience }: Extent): Promise<Tally> {
  const { meant, end } = ENDINGS[ending]
  const tally = { rounds: 0, closed: 0, closedWrongly: 0, leftOpen: 0, otherCodes: 0, wrongAnswers: 0 }
  const durations: number[] = []
  while (tally.rounds < rounds && tally.leftOpen === 0) {
    const number = tally.rounds++
    const ended = meant(crowd.devices(number))
    const toClose = new Set(ended.flatMap(({ clients }) => clients).filter((client) => !gone.has(client)))
    const toStay = crowd.clients.filter((client) => !toClose.has(client) && !gone.has(client))

    await sleep(Math.random() * pause)
    const start = performance.now()
    await end(crowd, number, ended[0] as Device)
    await atMost(
      patience,
      [...toClose].map((client) => client.closed()),
    )
    const ends = [...toClose].flatMap((client) => client.end ?? [])
    await atMost(
      patience,
      toStay.map((client) => client.ask()),
    )

    const closedWrongly = toStay.filter((client) => client.end)
    durations.push(Math.max(0, ...ends.map(({ at }) => at - start)))
    tally.closed += ends.length
    tally.leftOpen += toClose.size - ends.length
    tally.otherCodes += ends.filter(({ code }) => code !== SESSION_ENDED).length
    tally.closedWrongly += closedWrongly.length
    tally.wrongAnswers += toStay.filter((client) => !client.end && client.answer !== client.userId).length
    for (const client of closedWrongly) gone.add(client)
    for (const device of ended) await crowd.connect(device)
  }
  const sorted = durations.toSorted((left, right) => left - right)
  const at = (index: number): number => Math.round((sorted[index] ?? 0) * 10) / 10
  return { ...tally, milliseconds: { median: at(sorted.length >> 1), worst: at(sorted.length - 1) } }
}

/** Waits for all, but no longer than that. */
async function atMost(patience: number, all: readonly Promise<void>[]): Promise<void> {
  const over = new AbortController()
  await Promise.race([Promise.all(all), sleep(patience, undefined, { signal: over.signal }).catch(() => {})])
  over.abort()
}
