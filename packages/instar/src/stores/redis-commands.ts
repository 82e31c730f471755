import { InstarError } from '../core/errors.ts'
import { type Script, scan } from './redis-scripts.ts'

/** The part that the clients of node-redis share: one of `createClient`, `createCluster`, `createSentinel` or `createClientPool`. */
export interface NodeRedis {
  eval(script: string, options: NodeRedisArguments): Promise<unknown>
  evalSha(sha: string, options: NodeRedisArguments): Promise<unknown>
}

interface NodeRedisArguments {
  keys: string[]
  arguments: string[]
}

/** The part that a `Redis` and a `Cluster` of ioredis share. */
export interface IoRedis {
  eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha(sha: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>
}

export type RedisClient = NodeRedis | IoRedis

/** What the store asks of Redis: scripts, each on one key. */
export interface RedisCommands {
  run(script: Script, key: string, values: readonly (string | number)[]): Promise<unknown>
  /** Every primary, each with its part of the keys. */
  nodes(): Promise<readonly RedisNode[]>
}

export interface RedisNode {
  /** The next cursor and some keys that fit. */
  scan(cursor: string, pattern: string): Promise<unknown>
}

export function redisCommands(client: RedisClient): RedisCommands {
  refuseKeyPrefix(client as unknown as Configured)
  if ('evalSha' in client) return ofNodeRedis(client)
  if (client && 'evalsha' in client) return ofIoRedis(client)
  throw new InstarError('bad_option', 'redisStore() needs a client of node-redis (createClient(), connected) or of ioredis (new Redis()).')
}

type Evaluate = (client: 'eval' | 'evalSha', text: string, keys: string[], values: string[]) => Promise<unknown>

/** By its name where the server has the script, else by its text; a server that says NOSCRIPT has done nothing. */
async function evaluated(evaluate: Evaluate, { sha, source }: Script, keys: string[], values: readonly (string | number)[]): Promise<unknown> {
  const texts = values.map(String)
  try {
    return await evaluate('evalSha', sha, keys, texts)
  } catch (error) {
    if (!String((error as Error).message).startsWith('NOSCRIPT')) throw error
    return evaluate('eval', source, keys, texts)
  }
}

function ofNodeRedis(client: NodeRedis): RedisCommands {
  const evaluateOn =
    (node: NodeRedis): Evaluate =>
    (method, text, keys, values) =>
      node[method](text, { keys, arguments: values })
  const cluster = client as NodeRedis & { masters?: readonly unknown[]; nodeClient?(node: unknown): Promise<NodeRedis> }
  return {
    run: (script, key, values) => evaluated(evaluateOn(client), script, [key], values),
    async nodes() {
      const nodes = cluster.masters && cluster.nodeClient ? await Promise.all(cluster.masters.map((node) => cluster.nodeClient?.(node))) : [client]
      return nodes.map((node) => ({ scan: (...values) => evaluated(evaluateOn(node as NodeRedis), scan, [], values) }))
    },
  }
}

function ofIoRedis(client: IoRedis): RedisCommands {
  const evaluateOn =
    (node: IoRedis): Evaluate =>
    (method, text, keys, values) =>
      node[method === 'eval' ? 'eval' : 'evalsha'](text, keys.length, ...keys, ...values)
  const cluster = client as IoRedis & { nodes?(role: 'master'): readonly IoRedis[] }
  return {
    run: (script, key, values) => evaluated(evaluateOn(client), script, [key], values),
    async nodes() {
      const nodes = cluster.nodes?.('master') ?? [client]
      return nodes.map((node) => ({ scan: (...values) => evaluated(evaluateOn(node), scan, [], values) }))
    },
  }
}

interface Configured {
  readonly options?: { readonly keyPrefix?: unknown }
  /** Of node-redis. */
  readonly _keyPrefix?: unknown
}

/** A prefix that the client adds is not in the keys that a scan gives, so "log out everyone" would end nobody. */
function refuseKeyPrefix(client: Configured): void {
  if (!client?.options?.keyPrefix && !client?._keyPrefix) return
  throw new InstarError(
    'bad_option',
    "The Redis client has the option keyPrefix. Give redisStore() a client without it, and the prefix as the store's own: redisStore(client, { prefix: 'shop:' }).",
  )
}
