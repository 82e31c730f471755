import assert from 'node:assert/strict'
import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { freshMysqlDatabase, freshPostgresDatabase, freshRedisPrefix, sharedEngines } from '../src/index.ts'
import { testWith } from './parts.ts'

testWith(['PostgreSQL', 'MariaDB', 'Redis'], 'a test run shares one engine of each kind, and each test has an empty place in it', async (t) => {
  const shared = await sharedEngines()
  t.after(() => shared.stop())
  const { postgres = '', mariadb = '', redis = '' } = shared

  const [first, second] = await Promise.all([freshPostgresDatabase(postgres), freshPostgresDatabase(postgres)])
  for (const { url, drop } of [first, second]) {
    const client = new pg.Client(url)
    client.on('error', () => {})
    await client.connect()
    await client.query('create table t (n int)')
    await drop()
    await assert.rejects(new pg.Client(url).connect(), /does not exist/)
  }

  const [one, two] = await Promise.all([freshMysqlDatabase(mariadb), freshMysqlDatabase(mariadb)])
  for (const { url, drop } of [one, two]) {
    const client = await mysql.createConnection(url)
    await client.query("create table t as select '🦋' as c")
    await client.end()
    await drop()
    await assert.rejects(mysql.createConnection(url), /Unknown database/)
  }

  assert.match(freshRedisPrefix(), /^t[0-9a-f]{12}:$/)
  assert.notEqual(freshRedisPrefix(), freshRedisPrefix())
  const client = new Redis(redis)
  assert.equal(await client.ping(), 'PONG')

  const outside = process.env['INSTAR_ENGINES']
  Object.assign(process.env, shared.env)
  const again = await sharedEngines()
  if (outside === undefined) delete process.env['INSTAR_ENGINES']
  assert.deepEqual([again.postgres, again.mariadb, again.redis, again.env], [postgres, mariadb, redis, shared.env])
  await again.stop()
  assert.equal(await client.ping(), 'PONG')
  client.disconnect()
})

testWith(['PostgreSQL'], 'a server that the environment names is used instead of a private one', async (t) => {
  const names = { INSTAR_ENGINES: '', INSTAR_POSTGRES_URL: 'postgres://a', INSTAR_MYSQL_URL: 'mysql://b', INSTAR_REDIS_URL: 'redis://c' }
  const before = Object.keys(names).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, names)
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  const shared = await sharedEngines()
  assert.deepEqual([shared.postgres, shared.mariadb, shared.redis], ['postgres://a', 'mysql://b', 'redis://c'])
  await shared.stop()
})
