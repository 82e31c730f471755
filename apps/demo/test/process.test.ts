import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Client } from './support/client.ts'
import { DemoProcess } from './support/demo-process.ts'
import { temporaryFolder } from './support/temporary.ts'

test('a login outlives the process', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'made', 'on', 'demand.db')
  const first = await DemoProcess.start(file)
  assert.match(first.output(), /ann\s+seven-moults/)
  const client = new Client(first.origin)
  await client.logIn('ann', 'seven-moults')
  await client.post('/cart', { item: 'net' })
  assert.deepEqual(readdirSync(dirname(file)).sort(), ['demand.db', 'demand.db-shm', 'demand.db-wal'])
  for (const name of readdirSync(dirname(file))) assert.equal(statSync(join(dirname(file), name)).mode & 0o077, 0, name)
  assert.equal(await first.stop(), 0)

  const second = await DemoProcess.start(file)
  const again = new Client(second.origin)
  for (const [name, value] of client.cookies) again.cookies.set(name, value)
  const me = await again.me()
  assert.deepEqual([me.user, me.cart], ['ann', ['net']])
  assert.equal(await second.stop(), 0)
})

test('a port that is taken is named, with what to do', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'demo.db')
  const first = await DemoProcess.start(file)
  const { port } = new URL(first.origin)
  await assert.rejects(DemoProcess.start(file, [], { PORT: port }), new RegExp(`code 1: Port ${port} is taken. Set PORT`))
  await first.stop()
})
