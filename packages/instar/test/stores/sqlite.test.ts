import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { sqliteStore } from 'instar/stores/sqlite'

test('the store makes its tables once, beside those of the application, and switches to WAL', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'instar-sqlite-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const database = new DatabaseSync(join(folder, 'app.db'))
  database.exec('CREATE TABLE users (id TEXT)')
  sqliteStore(database)
  sqliteStore(database)
  sqliteStore(new Database(join(folder, 'app.db')))
  assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal')
  assert.deepEqual(
    database
      .prepare('SELECT version FROM instar_sessions_schema')
      .all()
      .map((found) => found['version']),
    [1],
  )
})

test('tables of another version are refused and left as they are', () => {
  const database = new DatabaseSync(':memory:')
  sqliteStore(database)
  database.exec('UPDATE instar_sessions_schema SET version = 2')
  assert.throws(() => sqliteStore(database), { code: 'schema_mismatch', message: /version 2/ })
  assert.equal(database.prepare('SELECT version FROM instar_sessions_schema').get()?.['version'], 2)
  assert.equal(database.isTransaction, false)
})

test('safe integers of better-sqlite3 make no difference', async () => {
  const database = new Database(':memory:').defaultSafeIntegers(true)
  const store = sqliteStore(database)
  const row = { id: 'a', userId: 'ann', secretHash: 'h', version: 1, expiresAt: Date.now() + 1e6, endsAt: Date.now() + 1e6, payload: '' }
  await store.create(row)
  assert.deepEqual(await store.find('a'), row)
  assert.equal(await store.update(row), true)
  assert.equal(await store.deleteByUser('ann'), 1)
})
