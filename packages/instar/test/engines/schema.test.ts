import assert from 'node:assert/strict'
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { SessionManager } from 'instar'
import { mysqlStore } from 'instar/stores/mysql'
import { postgresStore } from 'instar/stores/postgres'
import { sqliteStore } from 'instar/stores/sqlite'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { type Driver, openStore, type Place } from './drivers.ts'
import { MISSING, serversFor } from './servers.ts'

const servers = await serversFor(['pg', 'mysql2', 'node:sqlite'])
after(() => servers.stop())

const CLI = join(import.meta.dirname, '../../src/cli.ts')
const row = { id: 'a', userId: 'ann', secretHash: 'h', version: 1, expiresAt: Date.now() + 1e6, endsAt: Date.now() + 1e6, payload: '{}' }

/** A plain connection of the application's, and the store on it without its tables. */
interface Bare {
  readonly engine: 'postgres' | 'mysql' | 'sqlite'
  readonly store: ReturnType<typeof postgresStore>
  sql(text: string): Promise<unknown>
  close(): Promise<unknown>
}

const bare: { readonly [driver in Driver]?: (place: Place) => Promise<Bare> } = {
  pg: async ({ url, name }) => {
    const pool = new pg.Pool({ connectionString: url })
    return { engine: 'postgres', store: postgresStore(pool, { table: name }), sql: (text) => pool.query(text), close: () => pool.end() }
  },
  mysql2: async ({ url, name }) => {
    const pool = mysql.createPool({ uri: url, multipleStatements: true })
    return { engine: 'mysql', store: mysqlStore(pool, { table: name }), sql: (text) => pool.query(text), close: () => pool.end() }
  },
  'node:sqlite': async ({ url, name }) => {
    const database = new DatabaseSync(url)
    const store = sqliteStore(database, { table: name })
    database.exec(`DROP TABLE ${name}; DROP TABLE ${name}_schema`)
    return { engine: 'sqlite', store, sql: async (text) => database.exec(text), close: async () => database.close() }
  },
}

for (const [driver, open] of Object.entries(bare)) {
  const place = servers.place(driver as Driver)
  describe(`tables on ${driver}`, { skip: place ? false : MISSING }, () => {
    const here = (): Place => servers.place(driver as Driver) as Place

    test(`ten processes that make them at once all go on (${driver})`, async () => {
      const { name, url } = here()
      const processes = Array.from({ length: 10 }, () => fork(join(import.meta.dirname, 'migrating-process.ts'), [JSON.stringify({ driver, name, url })]))
      await Promise.all(processes.map((child) => once(child, 'message')))
      for (const child of processes) child.send('go')
      const exits = await Promise.all(processes.map((child) => once(child, 'exit')))
      assert.deepEqual(
        exits,
        exits.map(() => [0, null]),
      )
      const { store, close } = await openStore({ driver: driver as Driver, name, url })
      await store.create(row)
      assert.equal((await store.find('a'))?.userId, 'ann')
      await close()
    })

    test(`missing ones are a clear error, which names the two commands that make them (${driver})`, async () => {
      const { engine, store, close } = await open(here())
      const sessions = new SessionManager({ store })
      const session = await sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers() })
      await assert.rejects(session.login('ann'), (error: Error & { code: string; status: number }) => {
        assert.deepEqual([error.code, error.status], ['schema_mismatch', 503])
        assert.match(error.message, /await store\.migrate\(\)/)
        assert.ok(error.message.includes(`npx instar schema ${engine} --table t_`), error.message)
        return true
      })
      await store.migrate()
      await session.login('ann')
      await close()
    })

    test(`a table that lacks a column is the same error, and migrate() does not take it for its own (${driver})`, async () => {
      const place = here()
      const { store, sql, close } = await open(place)
      await sql(`CREATE TABLE ${place.name} (id varchar(64) PRIMARY KEY, user_id varchar(64), expires_at bigint)`)
      await assert.rejects(async () => store.find('a'), { code: 'schema_mismatch' })
      await assert.rejects(store.create(row), { code: 'schema_mismatch' })
      await assert.rejects(store.migrate(), driver === 'node:sqlite' ? /no such column|schema/ : { code: 'schema_mismatch' })
      await close()
    })

    test(`those of a later version are refused and left as they are (${driver})`, async () => {
      const place = here()
      const { store, sql, close } = await open(place)
      await store.migrate()
      await store.create(row)
      await sql(`UPDATE ${place.name}_schema SET version = 2`)
      await assert.rejects(store.migrate(), { code: 'schema_mismatch', message: /version 2/ })
      assert.equal((await store.find('a'))?.userId, 'ann')
      await close()
    })

    test(`what "instar schema" prints makes a store work, twice over, and migrate() finds nothing to do (${driver})`, async () => {
      const place = here()
      const { engine, store, sql, close } = await open(place)
      const printed = execFileSync(process.execPath, [CLI, 'schema', engine, '--table', place.name], { encoding: 'utf8' })
      await sql(printed)
      await sql(printed)
      await store.create(row)
      assert.equal((await store.listByUser('ann')).length, 1)
      await store.migrate()
      assert.equal((await store.find('a'))?.id, 'a')
      await close()
    })
  })
}

describe('permissions on pg', { skip: servers.place('pg') ? false : MISSING }, () => {
  test('a role that may only read and write rows can call migrate() where the tables are there', async () => {
    const { url, name } = servers.place('pg') as Place
    const { close } = await openStore({ driver: 'pg', url, name })
    const owner = new pg.Pool({ connectionString: url })
    await owner.query(`CREATE ROLE ${name} LOGIN`)
    await owner.query(`REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
    await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}, ${name}_schema TO ${name}`)
    const limited = new pg.Pool({ connectionString: url.replace('postgres@', `${name}@`) })
    const store = postgresStore(limited, { table: name })
    await store.migrate()
    await store.create(row)
    await assert.rejects(postgresStore(limited, { table: `${name}_2` }).migrate(), { message: /permission denied/ })
    for (const pool of [limited, owner]) await pool.end()
    await close()
  })
})

test('a table whose name would need quotes is refused', () => {
  for (const table of ['sessions; DROP TABLE users', 'Sessions', '', 'a.b.c', '1st', 'x'.repeat(49), 'sessions--'])
    assert.throws(() => postgresStore({ query: async () => ({ rows: [] }) }, { table }), { code: 'bad_option', message: /^table is/ }, table)
})

test('the command says what it can do, to those who ask and to those who err', () => {
  const run = (...args: string[]): string => execFileSync(process.execPath, [CLI, ...args], { encoding: 'utf8', stdio: 'pipe' })
  assert.match(run('--help'), /^Usage: instar schema postgres\|mysql\|sqlite/)
  for (const args of [[], ['schema'], ['schema', 'oracle'], ['schema', 'mysql', 'sqlite'], ['migrate'], ['schema', 'mysql', '--table', "x'"], ['--nonsense']])
    assert.throws(
      () => run(...args),
      (error: Error & { status: number; stderr: string; stdout: string }) => error.status === 1 && /Usage: instar/.test(error.stderr) && error.stdout === '',
    )
})
