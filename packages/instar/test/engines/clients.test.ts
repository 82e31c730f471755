import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { InstarError, SessionManager, type SessionStore } from 'instar'
import { mysqlStore } from 'instar/stores/mysql'
import { postgresStore } from 'instar/stores/postgres'
import { redisStore } from 'instar/stores/redis'
import { createTestSession } from 'instar/testing'
import { Redis } from 'ioredis'
import callbacks from 'mysql2'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { createClient, createClientPool, RESP_TYPES } from 'redis'
import type { Place } from './drivers.ts'
import { MISSING, serversFor } from './servers.ts'

// What an application's way of setting up a driver could do to its sessions.

const servers = await serversFor(['pg', 'mysql2', 'node-redis'])
after(() => servers.stop())

const onPostgres = { skip: servers.place('pg') ? false : MISSING }
const onMysql = { skip: servers.place('mysql2') ? false : MISSING }
const onRedis = { skip: servers.place('node-redis') ? false : MISSING }

const row = { id: 'row', userId: 'ann', secretHash: 'h', version: 1, expiresAt: Date.now() + 1e6, endsAt: Date.now() + 1e7, payload: '{"text":"ü🙂\\u0000\'"}' }

/** Logs somebody out on a connection with an open transaction, rolls that back, and looks whether they are logged in again without a word. */
async function rollBackLogout(store: SessionStore, begin: () => Promise<unknown>, rollBack: () => Promise<unknown>): Promise<void> {
  const sessions = new SessionManager({ store })
  const { cookie } = await createTestSession(sessions, { userId: 'ann' })
  const open = () => sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
  const session = await open()
  await begin()
  await assert.rejects(session.logout(), { code: 'store_unavailable', message: /transaction of the application open/ })
  await assert.rejects(sessions.revokeAll('ann'), { code: 'store_unavailable' })
  await rollBack()
  assert.equal((await open()).userId, 'ann', 'as the error said, it was not stored')
  await (await open()).logout()
  assert.equal((await open()).userId, null)
}

describe('a transaction of the application on the store’s connection: no logout is answered that a rollback would undo', () => {
  test('a Client of pg', onPostgres, async () => {
    const { url, name } = servers.place('pg') as Place
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const store = postgresStore(client, { table: name })
    await store.migrate()
    await rollBackLogout(
      store,
      () => client.query('BEGIN'),
      () => client.query('ROLLBACK'),
    )
    await client.end()
  })

  test('a Client of pg on which a transaction begins while the store waits for its turn', onPostgres, async () => {
    const { url, name } = servers.place('pg') as Place
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const store = postgresStore(client, { table: name })
    await store.migrate()
    await store.create(row)
    const begun = client.query('BEGIN')
    await assert.rejects(store.delete('row'), { code: 'store_unavailable' })
    await begun
    await client.query('ROLLBACK')
    assert.equal((await store.find('row'))?.id, 'row')
    await client.end()
  })

  for (const [how, begin] of Object.entries({ 'a transaction': 'START TRANSACTION', 'autocommit switched off': 'SET autocommit = 0' })) {
    test(`a Connection of mysql2, ${how}`, onMysql, async () => {
      const { url, name } = servers.place('mysql2') as Place
      const connection = await mysql.createConnection(url)
      const store = mysqlStore(connection, { table: name })
      await store.migrate()
      await rollBackLogout(
        store,
        () => connection.query(begin),
        async () => {
          await connection.query('ROLLBACK')
          await connection.query('SET autocommit = 1')
        },
      )
      await connection.end()
    })
  }
})

test('parallel operations on one Client of pg follow each other, and one that fails holds up none', onPostgres, async () => {
  const { url, name } = servers.place('pg') as Place
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const store = postgresStore(client, { table: name })
  await store.migrate()
  const warnings: Error[] = []
  const warned = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warned)
  const outcomes = await Promise.allSettled([store.create(row), store.create(row), store.find('row'), store.update(row), store.create(row), store.find('row')])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  )
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', warned)
  assert.deepEqual(warnings, [])
  await client.end()
})

describe('what an engine takes back whole is done again, since nothing of it was done', () => {
  test('an update that meets another, where transactions are serializable, is told that the row moved on', onPostgres, async () => {
    const { url, name } = servers.place('pg') as Place
    const pool = new pg.Pool({ connectionString: url, options: '-c default_transaction_isolation=serializable' })
    const store = postgresStore(pool, { table: name })
    await store.migrate()
    await store.create(row)
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query('BEGIN')
    await other.query(`UPDATE ${name} SET version = version + 1`)
    const update = store.update({ ...row, payload: 'late' })
    // By another connection: within a transaction this table stays as it was when it was first read.
    const waits = () => pool.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE ${name} %'`)
    while ((await waits()).rows.length === 0);
    await other.query('COMMIT')
    assert.equal(await update, false)
    await other.end()
    await pool.end()
  })

  test('a deadlock of "log out everywhere" with a transaction of the application', onMysql, async () => {
    const { url, name } = servers.place('mysql2') as Place
    const pool = mysql.createPool(url)
    const store = mysqlStore(pool, { table: name })
    await store.migrate()
    for (const id of ['a', 'b']) await store.create({ ...row, id })
    const other = await mysql.createConnection({ uri: url, multipleStatements: true })
    // A transaction that has written more is not the one that is taken back.
    await other.query(`CREATE TABLE ${name}_weight (n int); START TRANSACTION; INSERT INTO ${name}_weight VALUES ${Array(500).fill('(1)').join(', ')}`)
    await other.query(`SELECT id FROM ${name} WHERE id = 'b' FOR UPDATE`)
    const everywhere = store.deleteByUser('ann')
    const waits = async () => (await pool.query<mysql.RowDataPacket[]>('SELECT 1 FROM information_schema.innodb_lock_waits')).at(0)
    // The engine makes this table anew only when nobody has read it for a tenth of a second.
    while (((await waits()) as unknown[]).length === 0) await new Promise((resolve) => setTimeout(resolve, 150))
    await other.query(`DELETE FROM ${name} WHERE id = 'a'`)
    await other.query('ROLLBACK')
    assert.equal(await everywhere, 2)
    assert.deepEqual(await store.listByUser('ann'), [])
    await other.end()
    await pool.end()
  })
})

describe('options of a driver that change what comes back are no matter, or a clear error', () => {
  const asItWas = async (store: SessionStore): Promise<void> => {
    await store.create(row)
    assert.deepEqual([await store.find('row'), await store.listByUser('ann')], [row, [row]])
    assert.equal(await store.update(row), true)
  }
  const aClearError = async (store: SessionStore): Promise<void> => {
    await store.create(row)
    await assert.rejects(
      async () => store.find('row'),
      (error: InstarError) => error instanceof InstarError && error.code === 'store_unavailable' && /options? /.test(`${error.message} option `),
    )
  }

  test('postgres.js with camel-case columns and bigints as they are', onPostgres, async () => {
    const { url, name } = servers.place('pg') as Place
    const sql = postgres(url, { transform: postgres.camel, types: { bigint: postgres.BigInt } })
    const store = postgresStore(sql, { table: name })
    await store.migrate()
    await asItWas(store)
    await sql.end()
  })

  test('postgres.js, where it takes a broken connection for an answer without rows', async () => {
    const unanswered = Object.assign([], { count: null, command: null })
    const store = postgresStore({ unsafe: async () => unanswered })
    const { find, listByUser, create, update, deleteByUser, migrate } = store
    const operations = [() => find('row'), () => listByUser('ann'), () => create(row), () => update(row), () => deleteByUser('ann'), () => migrate()]
    for (const operation of operations) await assert.rejects(async () => operation(), { message: /broke before the query was answered/ })
    const shifted = Object.assign([], { 1: { ...row }, count: 1, command: 'SELECT' })
    assert.deepEqual(await postgresStore({ unsafe: async () => shifted }).find('row'), row)
    const short = Object.assign([], { count: 1, command: 'SELECT' })
    await assert.rejects(async () => postgresStore({ unsafe: async () => short }).find('row'), { message: /broke before the query was answered/ })
  })

  test('pg with a parser of its own for bigints', onPostgres, async () => {
    const { url, name } = servers.place('pg') as Place
    const pool = new pg.Pool({ connectionString: url, types: { getTypeParser: () => (value: string | Buffer) => String(value) } })
    const store = postgresStore(pool, { table: name })
    await store.migrate()
    await asItWas(store)
    await pool.end()
  })

  for (const [what, options] of Object.entries({
    'big numbers as texts': { supportBigNumbers: true, bigNumberStrings: true },
    'affected rows instead of found ones': { flags: ['-FOUND_ROWS'] },
    'named placeholders': { namedPlaceholders: true },
    'dates as texts and decimals as numbers': { dateStrings: true, decimalNumbers: true },
  }))
    test(`mysql2 with ${what}`, onMysql, async () => {
      const { url, name } = servers.place('mysql2') as Place
      const pool = mysql.createPool({ uri: url, ...options })
      const store = mysqlStore(pool, { table: name })
      await store.migrate()
      await asItWas(store)
      await pool.end()
    })

  for (const charset of ['utf8mb4_unicode_ci', 'latin1', 'utf8', 'cp1251', 'ascii']) {
    test(`mysql2 with the character set ${charset} of the connection: no user is taken for another, and no payload for another`, onMysql, async () => {
      const { url, name } = servers.place('mysql2') as Place
      const [usual, pool] = [mysql.createPool(url), mysql.createPool({ uri: url, charset })]
      const stores = [usual, pool].map((client) => mysqlStore(client, { table: name }))
      const [theirs, store] = stores as [(typeof stores)[0], (typeof stores)[0]]
      await theirs.migrate()
      await asItWas(store)
      const sessions = new SessionManager<{ [key: string]: string }>({ store })
      const { cookie } = await createTestSession(sessions, { userId: 'šdmin🙂', data: { name: 'xĢ,ĢisAdminĢ:true,ĢzĢ:Ģ' } })
      const session = await sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
      assert.deepEqual([session.userId, session.get('name'), session.has('isAdmin')], ['šdmin🙂', 'xĢ,ĢisAdminĢ:true,ĢzĢ:Ģ', false])
      assert.equal((await sessions.list('admin')).length, 0)
      assert.equal(await new SessionManager({ store: theirs }).revokeAll('šdmin🙂'), 1)
      for (const each of [usual, pool]) await each.end()
    })
  }

  test('mysql2 with rows as arrays', onMysql, async () => {
    const { url, name } = servers.place('mysql2') as Place
    const pool = mysql.createPool({ uri: url, rowsAsArray: true })
    const store = mysqlStore(pool, { table: name })
    const usual = mysql.createPool(url)
    await mysqlStore(usual, { table: name }).migrate()
    await aClearError(store)
    for (const each of [usual, pool]) await each.end()
  })

  test('mysql2 without promises', onMysql, async () => {
    const { url } = servers.place('mysql2') as Place
    const pool = callbacks.createPool(url)
    assert.throws(() => mysqlStore(pool as never), { code: 'bad_option', message: /mysql2\/promise/ })
    await pool.promise().end()
  })

  test('node-redis with texts as buffers', onRedis, async () => {
    const { url, name } = servers.place('node-redis') as Place
    const client = await createClient({ url, commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } }).connect()
    await aClearError(redisStore(client, { prefix: name }))
    await client.close()
  })

  test('node-redis and ioredis with numbers as texts', onRedis, async () => {
    const { url, name } = servers.place('node-redis') as Place
    const client = await createClient({ url, commandOptions: { typeMapping: { [RESP_TYPES.NUMBER]: String } } }).connect()
    const other = new Redis(url, { stringNumbers: true })
    for (const [n, each] of [client, other].entries()) {
      const store = redisStore(each, { prefix: `${name}${n}:` })
      await asItWas(store)
      await assert.rejects(store.create(row))
      assert.deepEqual([await store.update(row), await store.delete('row'), await store.delete('row')], [false, true, false])
    }
    await client.close()
    other.disconnect()
  })

  for (const RESP of [2, 3] as const)
    test(`node-redis with RESP ${RESP}, and its pool`, onRedis, async () => {
      const { url, name } = servers.place('node-redis') as Place
      const pool = createClientPool({ url, RESP })
      await pool.connect()
      await asItWas(redisStore(pool, { prefix: name }))
      await pool.close()
    })
})
