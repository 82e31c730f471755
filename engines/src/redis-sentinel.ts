import type { Engine } from './engine.ts'
import { HOST } from './ports.ts'
import { asking, field, type RedisOptions, startConfigured, startRedis } from './redis.ts'
import { startedAll, until } from './together.ts'

/** A primary with two replicas, watched by three sentinels of which two have to agree. */
export interface RedisSentinel {
  /** The name by which the sentinels know the primary. */
  readonly name: string
  /** The primary at the start; after a failover the sentinels name another. */
  readonly primary: Engine
  readonly replicas: readonly Engine[]
  readonly sentinels: readonly Engine[]
  readonly version: string
  stop(): Promise<void>
}

const NAME = 'instar'
const REPLICAS = 2
const SENTINELS = 3

/** Starts a private Redis with replicas and sentinels, resolved when the replicas are in line and all sentinels know all of them and each other. */
export async function startRedisSentinel({ settings = {} }: RedisOptions = {}): Promise<RedisSentinel> {
  const engines: Engine[] = []
  const stop = async (): Promise<void> => void (await Promise.all(engines.map((engine) => engine.stop())))
  try {
    const primary = await startRedis({ settings: { 'repl-diskless-sync-delay': '0', ...settings } })
    engines.push(primary)
    const replicaSettings = { 'repl-diskless-sync-delay': '0', ...settings, replicaof: `${HOST} ${primary.port}` }
    const replicas = await startedAll(Array.from({ length: REPLICAS }, () => () => startRedis({ settings: replicaSettings })))
    engines.push(...replicas)
    // Only then the sentinels: what they do not find at their first look they look for again no sooner than ten seconds later.
    await until('the Redis replicas are in line', async () => (await onlineReplicas(primary)) === REPLICAS)
    const sentinels = await startedAll(Array.from({ length: SENTINELS }, () => () => startSentinel(primary)))
    engines.push(...sentinels)
    await until('the sentinels know each other', async () => (await Promise.all(sentinels.map(isInOrder))).every(Boolean))
    return { name: NAME, primary, replicas, sentinels, version: primary.version, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function startSentinel(primary: Engine): Promise<Engine> {
  const directives = {
    'sentinel monitor': `${NAME} ${HOST} ${primary.port} 2`,
    'sentinel down-after-milliseconds': `${NAME} 1000`,
    'sentinel failover-timeout': `${NAME} 3000`,
  }
  return startConfigured(directives, ['--sentinel'])
}

async function onlineReplicas({ port }: Engine): Promise<number> {
  const info = await asking(port, (client) => client.info('replication'))
  return Array.from({ length: REPLICAS }, (_, index) => field(info, `slave${index}`)).filter((replica) => replica?.includes('state=online')).length
}

async function isInOrder({ port }: Engine): Promise<boolean> {
  return asking(port, async (client) => {
    const primary = record(await client.call('SENTINEL', 'MASTER', NAME))
    const replicas = ((await client.call('SENTINEL', 'REPLICAS', NAME)) as unknown[]).map(record)
    const areReady = replicas.length === REPLICAS && replicas.every((replica) => replica['flags'] === 'slave' && replica['master-link-status'] === 'ok')
    return areReady && primary['flags'] === 'master' && primary['num-other-sentinels'] === `${SENTINELS - 1}`
  })
}

/** Names and values that Redis sends in turns. */
function record(list: unknown): Record<string, string> {
  const items = list as string[]
  return Object.fromEntries(items.flatMap((item, index) => (index % 2 === 0 ? [[item, items[index + 1] ?? '']] : [])))
}
