import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { type Engine, type EngineName, engineParts, startMariaDb, startPostgres, startRedis } from '../src/index.ts'
import { isFree } from '../src/ports.ts'
import { isAlive } from '../src/processes.ts'
import { testWith } from './parts.ts'

interface Kind {
  readonly name: EngineName
  readonly start: () => Promise<Engine>
  readonly wrong: () => Promise<Engine>
  readonly write: (url: string) => Promise<unknown>
  readonly read: (url: string) => Promise<unknown>
}

const kinds: readonly Kind[] = [
  {
    name: 'PostgreSQL',
    start: () => startPostgres({ durable: true }),
    wrong: () => startPostgres({ settings: { nonsense: '1' } }),
    write: (url) => postgres(url, 'create table t as select 42 as n'),
    read: async (url) => (await postgres(url, 'select n from t'))[0]?.n,
  },
  {
    name: 'MariaDB',
    start: () => startMariaDb({ durable: true }),
    wrong: () => startMariaDb({ settings: { nonsense: '1' } }),
    write: (url) => mariadb(url, 'create table t as select 42 as n'),
    read: async (url) => (await mariadb(url, 'select n from t'))[0]?.['n'],
  },
  {
    name: 'Redis',
    start: () => startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } }),
    wrong: () => startRedis({ settings: { nonsense: '1' } }),
    write: (url) => redis(url, (client) => client.set('n', 42)),
    read: async (url) => Number(await redis(url, (client) => client.get('n'))),
  },
]

const place = mkdtempSync(join(tmpdir(), 'place-'))
chmodSync(place, 0o755)
process.env['TMPDIR'] = place
after(() => rmdirSync(place))

for (const { name, start, wrong, write, read } of kinds) {
  testWith([name], `${name} starts, keeps what it answered through a kill, and leaves nothing`, async (t) => {
    const engine = await start()
    t.after(() => engine.stop())
    assert.equal(readdirSync(place).length, 1)
    assert.match(engine.version, /^\d+\.\d+(\.\d+)?(-MariaDB)?$/)
    await write(engine.url)
    const { pid, port } = engine
    await assert.rejects(engine.restart(), /was killed/)

    await engine.kill()
    assert.equal(isAlive(pid), false)
    assert.equal(await isFree(port), true)
    await engine.restart()
    assert.equal(engine.port, port)
    assert.notEqual(engine.pid, pid)
    assert.equal(await read(engine.url), 42)

    await Promise.all([engine.stop(), engine.stop()])
    assert.equal(isAlive(engine.pid), false)
    assert.equal(await isFree(port), true)
    assert.deepEqual(readdirSync(place), [])
    await assert.rejects(engine.restart(), /has been stopped/)
  })

  testWith([name], `${name} that does not come up says why`, async () => {
    await assert.rejects(wrong(), ({ message }: Error) => {
      assert.match(message, new RegExp(`^${name} did not start: it ended with code \\d+. The end of its log:\n.*nonsense`, 's'))
      return message.split('\n').length <= 21
    })
    assert.deepEqual(readdirSync(place), [])
  })
}

test('each engine is found or comes with a way to mend its absence', () => {
  assert.deepEqual(
    engineParts().map(({ name }) => name),
    kinds.map(({ name }) => name),
  )
  for (const { mend } of engineParts()) assert.match(mend, /\w+\.$/)
})

async function postgres(url: string, sql: string): Promise<{ n: number }[]> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

async function mariadb(url: string, sql: string): Promise<mysql.RowDataPacket[]> {
  const connection = await mysql.createConnection(url)
  const [rows] = await connection.query<mysql.RowDataPacket[]>(sql)
  await connection.end()
  return rows
}

async function redis<T>(url: string, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  const answer = await ask(client)
  await client.quit()
  return answer
}
