import type { Engine } from './engine.ts'
import { HOST } from './ports.ts'
import { asking, field, startConfigured } from './redis.ts'
import { startedAll, until } from './together.ts'

/** Three masters that share all slots. */
export interface RedisCluster {
  readonly nodes: readonly Engine[]
  readonly version: string
  stop(): Promise<void>
}

const NODES = 3
const SLOTS = 16_384

/** Starts a private Redis cluster of three masters, resolved when each of them sees the whole cluster in order. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const directives = { save: '""', appendonly: 'no', 'cluster-enabled': 'yes', 'cluster-config-file': 'nodes.conf', 'cluster-node-timeout': '2000' }
  const nodes = await startedAll(Array.from({ length: NODES }, () => () => startConfigured(directives)))
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.stop())))
  try {
    await Promise.all(nodes.map((node, index) => join(node, index, nodes)))
    await until('the Redis cluster is in order', async () => (await Promise.all(nodes.map(isInOrder))).every(Boolean))
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, version: nodes[0]?.version ?? '', stop }
}

async function join({ port }: Engine, index: number, nodes: readonly Engine[]): Promise<void> {
  const first = Math.floor((SLOTS * index) / NODES)
  const last = Math.floor((SLOTS * (index + 1)) / NODES) - 1
  await asking(port, async (client) => {
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    await client.call('CLUSTER', 'ADDSLOTSRANGE', first, last)
    for (const other of nodes) if (other.port !== port) await client.call('CLUSTER', 'MEET', HOST, other.port)
  })
}

async function isInOrder({ port }: Engine): Promise<boolean> {
  const info = await asking(port, async (client) => String(await client.call('CLUSTER', 'INFO')))
  return field(info, 'cluster_state') === 'ok' && field(info, 'cluster_known_nodes') === `${NODES}` && field(info, 'cluster_slots_ok') === `${SLOTS}`
}
