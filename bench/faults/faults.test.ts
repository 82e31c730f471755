import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineParts } from '@instar/engines'
import { CONTROLS, nameOf, ROWS, type Row } from './rows.ts'
import { tryOut } from './trial.ts'

const ROUNDS = 1
const SEED = 20_260_101
const QUICK = [
  'server killed: PostgreSQL, pg',
  'server killed: MariaDB, mysql2',
  'server killed: Redis, AOF always, node-redis',
  'application killed: SQLite, node:sqlite',
  'connections reset: PostgreSQL, pg',
  'connections reset: PostgreSQL, postgres.js',
  'connections reset: MariaDB, mysql2',
  'connections reset: Redis, node-redis',
  'connections reset: Redis, ioredis',
  'disk full: SQLite, node:sqlite',
  'control: SQLite, a store that forgetsEndings, node:sqlite',
]

const rows = new Map([...ROWS, ...CONTROLS].map((row) => [nameOf(row), row]))
const programs = new Map(engineParts().map((part) => [part.name, part]))

for (const name of QUICK) {
  const row = rows.get(name) as Row
  const program = row.needs && programs.get(row.needs)
  const isMissing = program !== undefined && program.path === undefined && process.env['INSTAR_REQUIRE_ALL'] !== '1'
  test(name, { skip: isMissing && program.mend }, async () => {
    const result = await tryOut(row, ROUNDS, SEED)
    assert.deepEqual(result.failures, [], result.violations.join('\n'))
    assert.ok(result.acknowledged > 100 && result.compared > result.acknowledged, 'there was work, and it was looked at')
  })
}
