import { deepStrictEqual, ok } from 'node:assert/strict'
import type { SessionRow } from 'instar'

/** What a session looked like to a request right after it was opened. */
export interface Sight {
  readonly handle: string | null
  readonly userId: string | null
  readonly level: number
  readonly secret: unknown
}

/** What was known when a request began. */
export interface Beginning {
  readonly loginToken: string | undefined
  readonly dead: ReadonlySet<string>
  readonly outdated: ReadonlySet<string>
  readonly stamps: ReadonlyMap<string, number>
}

const handleOf = (token: string): string => token.slice(0, 22)

/** Who may be whom: the truth beside the manager, told by what people did and what was answered. */
export class Oracle {
  /** Whose login each login token is, and what it is worth. */
  readonly #tokens = new Map<string, { userId: string; level: number; stamp: number }>()
  readonly #anonymous = new Set<string>()
  /** Sessions that ended: a logout, a revocation or a login over them was answered. */
  readonly #dead = new Set<string>()
  /** Tokens that an elevation left behind: the newer one was used. */
  readonly #outdated = new Set<string>()
  /** Since which stamp of the credentials a user's logins are good: the older ones were revoked, and that was answered. */
  readonly #stamps = new Map<string, number>()
  readonly #counted = new Map<string, { sure: number; unsure: number }>()

  begin(loginToken: string | undefined): Beginning {
    return { loginToken, dead: new Set(this.#dead), outdated: new Set(this.#outdated), stamps: new Map(this.#stamps) }
  }

  /** Somebody is a user only by a token that a login of that user was answered with, which has not ended and is worth it. */
  opened({ loginToken, dead, outdated, stamps }: Beginning, sight: Sight): void {
    if (sight.userId === null) {
      ok(sight.handle === null || this.#anonymous.has(sight.handle), 'an anonymous session has a row that was made as one')
      ok(sight.secret === undefined || sight.secret === 'anonymous', `a user's secret shows in an anonymous session: ${sight.secret}`)
      return
    }
    const truth = loginToken === undefined ? undefined : this.#tokens.get(loginToken)
    ok(loginToken !== undefined && truth !== undefined, `${sight.userId} by a token that no login was answered with`)
    deepStrictEqual({ userId: sight.userId, handle: sight.handle }, { userId: truth.userId, handle: handleOf(loginToken) }, 'somebody else than the token says')
    ok(!dead.has(handleOf(loginToken)), `${sight.userId} by a session that had ended`)
    ok(!outdated.has(loginToken), `${sight.userId} by a secret that an elevation had replaced`)
    ok(truth.stamp >= (stamps.get(truth.userId) ?? 0), `${sight.userId} by credentials that had changed`)
    ok(sight.level <= truth.level, `level ${sight.level} by a token worth ${truth.level}`)
    ok(sight.secret === undefined || sight.secret === sight.userId, `the secret of ${sight.secret} shows to ${sight.userId}`)
    if (truth.level > 1)
      for (const token of this.#tokens.keys()) if (token !== loginToken && handleOf(token) === handleOf(loginToken)) this.#outdate(token, truth.level)
  }

  #outdate(token: string, level: number): void {
    if ((this.#tokens.get(token)?.level ?? 0) < level) this.#outdated.add(token)
  }

  /** An answer left the server with this login token. */
  answeredLogin(token: string, userId: string, level: number, stamp: number | undefined): void {
    const earlier = [...this.#tokens].find(([other]) => handleOf(other) === handleOf(token))
    this.#tokens.set(token, { userId, level, stamp: stamp ?? earlier?.[1].stamp ?? 0 })
  }

  answeredAnonymous(token: string): void {
    this.#anonymous.add(handleOf(token))
  }

  credentialsChanged(userId: string, stamp: number): void {
    this.#stamps.set(userId, Math.max(stamp, this.#stamps.get(userId) ?? 0))
  }

  ended(handle: string): void {
    this.#dead.add(handle)
  }

  /** The logins of a user, or of everybody, of which somebody was told so far. */
  known(userId?: string): string[] {
    return [...this.#tokens].filter(([, truth]) => userId === undefined || truth.userId === userId).map(([token]) => handleOf(token))
  }

  knownAnonymous(): string[] {
    return [...this.#anonymous]
  }

  /** A count was tried on a row (`unsure`), and may turn out answered (`resolved`); on a row that the commit itself made it is `sure` at once. */
  counted(handle: string, how: 'sure' | 'unsure' | 'resolved'): void {
    const count = this.#counted.get(handle) ?? { sure: 0, unsure: 0 }
    if (how !== 'sure') count.unsure += how === 'unsure' ? 1 : -1
    if (how !== 'unsure') count.sure++
    this.#counted.set(handle, count)
  }

  /** At the end: nothing that ended is there, and no row lost a count or gained one. */
  atRest(rows: readonly SessionRow[], made: ReadonlyMap<string, string | null>): void {
    for (const { id, userId, secretHash, payload } of rows) {
      deepStrictEqual(userId, made.get(id), 'the user of a row changed')
      if (secretHash === '') continue
      ok(!this.#dead.has(id), 'a session that ended is there again')
      if (!this.#anonymous.has(id) && !this.known().includes(id)) continue // Nobody was told of it: the store's answer was lost.
      const { sure, unsure } = this.#counted.get(id) ?? { sure: 0, unsure: 0 }
      const n = countIn(payload)
      ok(sure <= n && n <= sure + unsure, `${n} counted, but ${sure} to ${sure + unsure} were answered`)
    }
  }
}

/** What stands under `n`: the sizes of the values are in the first line, and the values behind it. */
function countIn(payload: string): number {
  const [head = '', text = ''] = payload.split('\n')
  let at = 0
  for (const [key, length] of JSON.parse(head).keys as [string, number][]) {
    if (key === 'n') return JSON.parse(text.slice(at, at + length))
    at += length
  }
  return 0
}
