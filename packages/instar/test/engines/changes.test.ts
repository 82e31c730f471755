import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { SessionManager, type SessionStore } from 'instar'
import { cachedStore, type RowChanges, type RowListener } from 'instar/stores/cached'
import { postgresStore } from 'instar/stores/postgres'
import { type PostgresChanges, postgresChanges } from 'instar/stores/postgres-changes'
import { redisStore } from 'instar/stores/redis'
import { redisChanges } from 'instar/stores/redis-changes'
import { createTestSession } from 'instar/testing'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import type { Driver, Place } from './drivers.ts'
import { MISSING, serversFor } from './servers.ts'

// The engines' own word of rows that change, from every writer there may be.

const servers = await serversFor(['pg', 'node-redis', 'ioredis'])
after(() => servers.stop())

/** A store, the word of its engine, and what others do to the engine past both. */
interface Engine {
  readonly store: SessionStore
  readonly changes: RowChanges
  /** Breaks the connection by which changes are told. */
  breakLine(): Promise<unknown>
  /** How many connections tell of changes, as the engine has it. */
  lines(): Promise<number>
  /** Empties the engine by hand. */
  empty(): Promise<unknown>
  /** Removes a row by hand. */
  remove(id: string): Promise<unknown>
  close(): Promise<unknown>
}

const quiet = (): void => {}

const engines: { readonly [driver in Driver]?: (place: Place) => Promise<Engine> } = {
  async pg({ url, name }) {
    const pool = new pg.Pool({ connectionString: url })
    const store = postgresStore(pool, { table: name })
    await store.migrate()
    const changes = postgresChanges(() => new pg.Client({ connectionString: url, application_name: name }), { table: name })
    await Promise.all([changes.migrate(), changes.migrate()])
    await changes.migrate()
    return {
      store,
      changes,
      breakLine: () => pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]),
      lines: async () => (await pool.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [name])).rows.length,
      empty: () => pool.query(`TRUNCATE ${name}`),
      remove: (id) => pool.query(`DELETE FROM ${name} WHERE id = $1`, [id]),
      close: () => pool.end(),
    }
  },
  async 'node-redis'({ url, name }) {
    const client = createClient({ url, name: name.replace(':', '') })
    client.on('error', quiet)
    await client.connect()
    const id = await client.sendCommand(['CLIENT', 'ID'])
    return {
      store: redisStore(client, { prefix: name }),
      changes: redisChanges(client, { prefix: name }),
      breakLine: () => killOthers((words) => client.sendCommand([...words]), name.replace(':', ''), id),
      lines: async () => (await othersOf((words) => client.sendCommand([...words]), name.replace(':', ''), id)).length,
      empty: () => emptyAnother(url),
      remove: (row) => client.sendCommand(['DEL', `${name}row:${row}`]),
      close: () => client.close(),
    }
  },
  async ioredis({ url, name }) {
    const client = new Redis(url, { connectionName: name.replace(':', '') })
    client.on('error', quiet)
    const id = await client.call('CLIENT', 'ID')
    return {
      store: redisStore(client, { prefix: name }),
      changes: redisChanges(client, { prefix: name }),
      breakLine: () => killOthers(([command = '', ...words]) => client.call(command, ...words), name.replace(':', ''), id),
      lines: async () => (await othersOf(([command = '', ...words]) => client.call(command, ...words), name.replace(':', ''), id)).length,
      empty: () => emptyAnother(url),
      remove: (row) => client.call('DEL', `${name}row:${row}`),
      close: async () => client.disconnect(),
    }
  },
}

/** Another database of the server than the one that other tests are using: which one it was is not told. */
async function emptyAnother(url: string): Promise<void> {
  const client = await createClient({ url, database: 9 }).connect()
  await client.sendCommand(['FLUSHDB'])
  await client.close()
}

type Send = (words: readonly string[]) => Promise<unknown>

/** The connections that have this name, but for one. */
async function othersOf(send: Send, name: string, own: unknown): Promise<readonly string[]> {
  const lines = String(await send(['CLIENT', 'LIST'])).split('\n')
  return lines
    .filter((line) => line.includes(` name=${name} `))
    .flatMap((line) => /^id=(\d+) /.exec(line)?.[1] ?? [])
    .filter((id) => id !== String(own))
}

async function killOthers(send: Send, name: string, own: unknown): Promise<void> {
  for (const id of await othersOf(send, name, own)) await send(['CLIENT', 'KILL', 'ID', id])
}

/** What was told, and who waits for it. */
class Told implements RowListener {
  readonly words: string[] = []
  readonly #waiting: { readonly word: string; readonly count: number; readonly resolve: () => void }[] = []

  #say(word: string): void {
    this.words.push(word)
    for (const { word: awaited, count, resolve } of this.#waiting) if (this.#count(awaited) >= count) resolve()
  }

  #count(word: string): number {
    return this.words.filter((each) => each === word).length
  }

  /** Resolves when a word was said so often. */
  heard(word: string, count = 1): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ word, count, resolve })
      if (this.#count(word) >= count) resolve()
    })
  }

  live = (): void => this.#say('live')
  lost = (): void => this.#say('lost')
  changed = (id: string): void => this.#say(id)
  changedAll = (): void => this.#say('all')
}

/** Without the words that the library prints while a connection is broken. */
function silence(t: TestContext): string[] {
  const printed: string[] = []
  t.mock.method(console, 'error', (...given: unknown[]) => void printed.push(given.join(' ')))
  return printed
}

for (const [driver, open] of Object.entries(engines) as [Driver, NonNullable<(typeof engines)[Driver]>][]) {
  const place = servers.place(driver)
  describe(`changes on ${driver}`, { skip: place ? false : MISSING }, () => {
    const row = (id: string) => ({ id, userId: 'ann', secretHash: 'h', version: 1, expiresAt: Date.now() + 1e6, endsAt: Date.now() + 1e7, payload: '{"v":1}' })

    test(`every change is told, by whatever hand, and what others keep is not (${driver})`, async () => {
      const [engine, other] = [await open(servers.place(driver) as Place), await open(servers.place(driver) as Place)]
      const told = new Told()
      const stop = engine.changes.follow(told)
      await told.heard('live')
      for (const id of ['updated', 'deleted', 'of-user', 'by-hand', 'emptied', 'last']) {
        await engine.store.create(row(id))
        await other.store.create(row(id))
      }
      await other.store.delete('last')
      await engine.store.update(row('updated'))
      await told.heard('updated')
      await engine.store.delete('deleted')
      await told.heard('deleted')
      await engine.remove('by-hand')
      await told.heard('by-hand')
      await engine.store.deleteByUser('ann', 'emptied')
      await told.heard('of-user')
      await engine.store.create(row('again'))
      if (driver !== 'pg') await told.heard('again')
      await engine.store.deleteAll()
      await told.heard('emptied')
      equal(told.words.filter((word) => word === 'last').length, driver === 'pg' ? 1 : 2, 'the other table’s or prefix’s is not told')
      await stop()
      equal(told.words.at(-1), 'lost')
      for (const each of [engine, other]) await each.close()
    })

    test(`a database that is emptied tells that everything changed (${driver})`, async () => {
      const engine = await open(servers.place(driver) as Place)
      const told = new Told()
      const stop = engine.changes.follow(told)
      await told.heard('live')
      await engine.empty()
      await told.heard('all')
      await stop()
      await engine.close()
    })

    test(`a connection that broke is said to be lost, and made again (${driver})`, async (t) => {
      silence(t)
      const engine = await open(servers.place(driver) as Place)
      const told = new Told()
      const stop = engine.changes.follow(told)
      await told.heard('live')
      for (const times of [1, 2]) {
        await engine.breakLine()
        await told.heard('lost', times)
        await told.heard('live', times + 1)
      }
      await engine.store.create(row('x'))
      await engine.store.delete('x')
      await told.heard('x')
      equal(await engine.lines(), 1, 'of those that broke none is left')
      await stop()
      while ((await engine.lines()) > 0);
      await engine.close()
    })

    test(`a session that another process ends is forgotten by the engine’s word alone (${driver})`, async () => {
      const at = servers.place(driver) as Place
      const [here, there] = [await open(at), await open(at)]
      let live = (): void => {}
      const isLive = new Promise<void>((resolve) => {
        live = resolve
      })
      const heard: (() => void)[] = []
      const changes: RowChanges = {
        follow: (listener) =>
          here.changes.follow({
            live() {
              listener.live()
              live()
            },
            lost: () => listener.lost(),
            changed(id) {
              listener.changed(id)
              for (const resolve of heard.splice(0)) resolve()
            },
            changedAll: () => listener.changedAll(),
          }),
      }
      // By a clock that stands still only the word makes it forget within the minute.
      const store = cachedStore(here.store, { changes, maxStaleness: 60_000 })
      await isLive
      const [sessions, elsewhere] = [new SessionManager({ store }), new SessionManager({ store: there.store })]
      const ends: readonly ((handle: string, cookie: string) => Promise<unknown>)[] = [
        (handle) => elsewhere.revoke('ann', handle),
        () => elsewhere.revokeAll('ann'),
        () => elsewhere.revokeEveryone(),
        async (_, cookie) => (await elsewhere.open({ method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie }) })).logout(),
      ]
      for (const end of ends) {
        const { cookie, handle } = await createTestSession(elsewhere, { userId: 'ann' })
        const open = async () => (await sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })).userId
        while (!store.near(handle)) equal(await open(), 'ann') // Until no word of its making is under way.
        const word = new Promise<void>((resolve) => void heard.push(resolve))
        await end(handle, cookie)
        await word
        while (store.near(handle)) await new Promise((resolve) => setImmediate(resolve))
        equal(await open(), null)
      }
      await store.stop()
      for (const each of [here, there]) await each.close()
    })
  })
}

describe('changes that cannot be told', () => {
  test('without the trigger nothing is remembered, and it is printed what to do', { skip: servers.place('pg') ? false : MISSING }, async (t) => {
    const printed = silence(t)
    const { url, name } = servers.place('pg') as Place
    const pool = new pg.Pool({ connectionString: url })
    const store = postgresStore(pool, { table: name })
    await store.migrate()
    const changes: PostgresChanges = postgresChanges(() => new pg.Client({ connectionString: url }), { table: name })
    const told = new Told()
    const stop = changes.follow(told)
    await told.heard('lost', 2)
    await changes.migrate()
    await told.heard('live')
    match(printed.join('\n'), /has no trigger that tells of changes. Call "await changes.migrate\(\)"/)
    equal(printed.length, 1, 'once for each outage')
    await stop()
    await pool.end()
  })

  test('a table has one channel, whatever its name, and its changes are told by whatever means they come', {
    skip: servers.place('pg') ? false : MISSING,
  }, async () => {
    const { url, name: short } = servers.place('pg') as Place
    const name = short.padEnd(48, 'x')
    const pool = new pg.Pool({ connectionString: url })
    const store = postgresStore(pool, { table: name })
    await store.migrate()
    const connect = () => new pg.Client({ connectionString: url })
    await postgresChanges(connect, { table: name }).migrate()
    const told = new Told()
    const stop = postgresChanges(connect, { table: name }).follow(told)
    await told.heard('live')
    await postgresChanges(connect, { table: `public.${name}` }).migrate()
    for (const [id, role] of [
      ['plain', 'origin'],
      ['replicated', 'replica'],
    ]) {
      await pool.query(`INSERT INTO ${name} VALUES ('${id}', 'ann', 'h', 1, 9e15, 9e15, '{}')`)
      await pool.query(`SET session_replication_role = ${role}; DELETE FROM ${name} WHERE id = '${id}'; RESET session_replication_role`)
      await told.heard(id as string)
    }
    await stop()
    await pool.end()
  })

  test('who may only use the table can start: what is there is not made again', { skip: servers.place('pg') ? false : MISSING }, async (t) => {
    const { url, name } = servers.place('pg') as Place
    const pool = new pg.Pool({ connectionString: url })
    await postgresStore(pool, { table: name }).migrate()
    await postgresChanges(() => new pg.Client({ connectionString: url }), { table: name }).migrate()
    const role = `${name}_app`
    await pool.query(`CREATE ROLE ${role} LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO ${role}; REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
    t.after(async () => {
      await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
      await pool.end()
    })
    const changes = postgresChanges(() => new pg.Client({ connectionString: url, options: `-c role=${role}` }), { table: name })
    await changes.migrate()
    const told = new Told()
    const stop = changes.follow(told)
    await told.heard('live')
    await stop()
  })

  test('a server that is not there is tried again, and stopping does not wait for it', async (t) => {
    const printed = silence(t)
    const gone = 'redis://user:hidden@127.0.0.1:1'
    for (const client of [createClient({ url: gone }), new Redis(gone, { lazyConnect: true })]) {
      const told = new Told()
      const stop = redisChanges(client).follow(told)
      await told.heard('lost', 2)
      await stop()
      deepEqual(new Set(told.words), new Set(['lost']))
    }
    equal(printed.length, 2)
    match(printed.join('\n'), /changes in Redis cannot be followed/)
    equal(/hidden/.test(printed.join('\n')), false)
  })

  test('what cannot tell of all keys gets a clear error', () => {
    const sentinel = createSentinel({ name: 'instar', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] })
    for (const client of [createCluster({ rootNodes: [] }), createClientPool(), sentinel, {}, undefined])
      throws(() => redisChanges(client as never), { code: 'bad_option', message: /no Cluster, Sentinel client of node-redis or pool/ })
    throws(() => postgresChanges({} as never), { code: 'bad_option' })
    throws(() => postgresChanges(() => new pg.Client(), { table: 'x; drop table y' }), { code: 'bad_option' })
  })
})
