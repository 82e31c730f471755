import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from '../src/keeper.ts'
import { launch } from '../src/launch.ts'
import { freePort, HOST } from '../src/ports.ts'
import { programOf } from '../src/programs.ts'
import { asking, field } from '../src/redis.ts'
import { testWith } from './parts.ts'

testWith(['Redis'], 'a start is tried again on another port when somebody else has taken it', async (t) => {
  const taken = await freePort()
  const other = createServer((socket) => socket.destroy()).listen(taken, HOST)
  t.after(() => other.close())
  const folder = await makeFolder(join(tmpdir(), 'instar-redis-'))
  const tried: number[] = []
  const engine = await launch({
    name: 'Redis',
    folder,
    command: programOf('Redis'),
    args: (port) => ['--port', `${tried.push(port) === 1 ? taken : port}`, '--bind', HOST, '--save', ''],
    url: (port) => `redis://${HOST}:${port}`,
    ask: (port) => asking(port, async (client) => field(await client.info(), 'redis_version')),
  })
  t.after(() => engine.stop())
  assert.equal(tried.length, 2)
  assert.equal(engine.port, tried[1])
})
