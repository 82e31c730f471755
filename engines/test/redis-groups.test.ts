import assert from 'node:assert/strict'
import { startRedisCluster, startRedisSentinel } from '../src/index.ts'
import { isAlive } from '../src/processes.ts'
import { asking } from '../src/redis.ts'
import { until } from '../src/together.ts'
import { testWith } from './parts.ts'

testWith(['Redis'], 'a cluster holds keys on each of its nodes', async (t) => {
  const cluster = await startRedisCluster()
  t.after(() => cluster.stop())
  assert.equal(cluster.nodes.length, 3)
  const holders = new Set<number>()
  for (const { port } of cluster.nodes) {
    await asking(port, async (client) => {
      for (let number = 0; !holders.has(port); number++) {
        const answer = await client.set(`key${number}`, number).catch((error: Error) => error.message)
        if (answer === 'OK') holders.add(port)
        else assert.match(answer, /^MOVED \d+ 127\.0\.0\.1:\d+$/)
      }
    })
  }
  const pids = cluster.nodes.map(({ pid }) => pid)
  await cluster.stop()
  assert.equal(pids.some(isAlive), false)
})

testWith(['Redis'], 'the sentinels name another primary when theirs is killed', async (t) => {
  const group = await startRedisSentinel()
  t.after(() => group.stop())
  const { name, primary, replicas, sentinels } = group
  await asking(primary.port, (client) => client.set('n', 42))
  for (const { port } of replicas) await until('the replicas have it', async () => (await asking(port, (client) => client.get('n'))) === '42')
  const named = async (port: number): Promise<number> => {
    const address = await asking(port, (client) => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name))
    return Number((address as string[])[1])
  }
  for (const { port } of sentinels) assert.equal(await named(port), primary.port)

  await primary.kill()
  await until('all sentinels name a replica', async () => {
    const ports = await Promise.all(sentinels.map(({ port }) => named(port)))
    return new Set(ports).size === 1 && replicas.some(({ port }) => port === ports[0])
  })
  const elected = await named(sentinels[0]?.port ?? 0)
  await until('it takes writes', async () => (await asking(elected, (client) => client.set('m', 1))) === 'OK')
  assert.equal(await asking(elected, (client) => client.get('n')), '42')
})
