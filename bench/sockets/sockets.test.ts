import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { engineParts, sharedEngines } from '@instar/engines'
import { SOCKETS_PER_USER } from './crowd.ts'
import { missingDescriptors } from './descriptors.ts'
import { KINDS, type Place, type PlaceKind } from './place.ts'
import type { Flaw } from './server.ts'
import { failuresOf, type Result, tryOut } from './trial.ts'

const USERS = 200
/** One by each process. */
const ROUNDS = 3
/** Nothing that should happen takes so long. */
const PATIENCE = 60_000
/** Nothing that is waited for no longer happens at all. */
const SHORT_PATIENCE = 2_000

const engines = await sharedEngines()
const folder = mkdtempSync(join(tmpdir(), 'instar-sockets-'))
after(async () => {
  await engines.stop()
  rmSync(folder, { recursive: true })
})

const urls: { readonly [kind in PlaceKind]: string | undefined } = {
  redis: engines.redis,
  postgres: engines.postgres,
  sqlite: join(folder, 'sessions.db'),
}
const mends = new Map(engineParts().map(({ name, mend }) => [name, mend]))
const placeOf = (kind: PlaceKind): Place => ({ kind, url: urls[kind] as string, name: `t_${randomBytes(6).toString('hex')}` })

describe(`${USERS * SOCKETS_PER_USER} sockets on two processes`, { skip: missingDescriptors(USERS * SOCKETS_PER_USER) ?? false }, () => {
  for (const kind of Object.keys(KINDS) as PlaceKind[]) {
    const { title, needs } = KINDS[kind]
    const isMissing = needs !== undefined && urls[kind] === undefined
    test(`those of ended sessions are closed, and no others (${title})`, { skip: isMissing && (mends.get(needs) ?? true) }, async () => {
      const interval = needs ? '1d' : '200ms' // Where there is a feed, nothing else tells.
      const result = await tryOut({ place: placeOf(kind), interval }, { users: USERS, rounds: ROUNDS, patience: PATIENCE })
      assert.deepEqual(failuresOf(result), [])
      assert.equal(result.sockets, USERS * SOCKETS_PER_USER)
      assert.equal(result.endings.revokeAll.closed, ROUNDS * SOCKETS_PER_USER)
      assert.equal(result.endings.logout.closed, ROUNDS * 3)
    })
  }
})

describe('what is wrong is found', () => {
  const tryFlaw = (flaw: Flaw, patience: number): Promise<Result> =>
    tryOut({ place: placeOf('sqlite'), interval: '200ms', flaw }, { users: 20, rounds: ROUNDS, patience })

  test('sockets that were not bound', async () => {
    const result = await tryFlaw('unbound', SHORT_PATIENCE)
    assert.equal(result.endings.revokeAll.leftOpen, SOCKETS_PER_USER)
    assert.equal(result.endings.logout.leftOpen, 3)
    assert.ok(failuresOf(result).includes('5 sockets left open by revokeAll'))
  })

  test('a server that closes everybody', async () => {
    const { endings } = await tryFlaw('closes all', PATIENCE)
    assert.ok(endings.revokeAll.closedWrongly > 0)
    assert.equal(endings.revokeAll.leftOpen, 0)
  })

  test('a server that cuts off its sockets', async () => {
    const result = await tryFlaw('cuts off', PATIENCE)
    assert.deepEqual(failuresOf(result), ['15 sockets closed with another code by revokeAll', '9 sockets closed with another code by logout'])
  })
})
