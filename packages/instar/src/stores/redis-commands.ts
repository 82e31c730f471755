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

type Value = string | number

/** What the store asks of Redis: scripts, each on one key, but for looks at several rows where one server has them all. */
export interface RedisCommands {
  read(script: Script, key: string, ...values: Value[]): Promise<unknown>
  /** A script on some keys that may lie anywhere. Undefined where keys have their places: in a Cluster, or behind what looks like one server and says that they lie apart. */
  readEach(script: Script, keys: readonly string[]): Promise<unknown>
  /** Where replicas are waited for, it rejects when too few have the write in time. */
  write(script: Script, key: string, ...values: Value[]): Promise<unknown>
  /** Every primary, each with its part of the keys. */
  nodes(): Promise<readonly RedisNode[]>
}

export interface RedisNode {
  /** The next cursor and some keys that fit. */
  scan(cursor: string, pattern: string): Promise<unknown>
}

/** How long replicas are waited for, in milliseconds; the connection does nothing else meanwhile. */
const REPLICA_PATIENCE = 1_000

/** Runs a script by its name or its text; with `replicas` it and WAIT go as one pipeline on one connection, and both answers come back. */
type Evaluate = (method: 'eval' | 'evalsha', text: string, keys: string[], values: string[], replicas: number) => Promise<unknown>

export function redisCommands(client: RedisClient, replicas: number): RedisCommands {
  const { evaluate, primaries } = driverOf(client, replicas > 0)
  let isOneServer = !('masters' in client || 'nodes' in client)
  return {
    read: (script, key, ...values) => run(evaluate, script, [key], values, 0),
    async readEach(script, keys) {
      if (!isOneServer) return undefined
      try {
        return await run(evaluate, script, [...keys], [], 0)
      } catch (error) {
        if (!/CROSSSLOT|same slot/i.test(String((error as Error).message))) throw error
        isOneServer = false
        return undefined
      }
    },
    async write(script, key, ...values) {
      const answer = await run(evaluate, script, [key], values, replicas)
      if (replicas === 0) return answer
      const [outcome, confirmed] = answer as [unknown, number]
      if (Number(confirmed) >= replicas) return outcome
      throw new Error(`Of ${replicas} replicas (waitForReplicas) ${confirmed} had the write within ${REPLICA_PATIENCE / 1000} second. A failover may undo it.`)
    },
    nodes: async () => (await primaries()).map((node) => ({ scan: (...values) => run(node, scan, [], values, 0) })),
  }
}

/** By its name where the server has the script, else by its text; a server that says NOSCRIPT has done nothing. */
async function run(evaluate: Evaluate, { sha, source }: Script, keys: string[], values: readonly Value[], replicas: number): Promise<unknown> {
  const texts = values.map(String)
  try {
    return await evaluate('evalsha', sha, keys, texts, replicas)
  } catch (error) {
    if (!String((error as Error).message).startsWith('NOSCRIPT')) throw withoutArguments(error)
    try {
      return await evaluate('eval', source, keys, texts, replicas)
    } catch (failure) {
      throw withoutArguments(failure)
    }
  }
}

/** A server that does not know a command repeats what it was given. */
function withoutArguments(error: unknown): unknown {
  const [words, given] = String((error as Error).message).split(/,? with args beginning with/, 2)
  return given === undefined ? error : new Error(words)
}

interface Driver {
  readonly evaluate: Evaluate
  primaries(): Promise<readonly Evaluate[]>
}

function driverOf(client: RedisClient, waits: boolean): Driver {
  if (typeof client !== 'object' || client === null) throw notAClient()
  refuseKeyPrefix(client as Configured)
  if ('evalSha' in client) return nodeRedis(client)
  if (!('evalsha' in client)) throw notAClient()
  if (waits && 'nodes' in client)
    throw new InstarError(
      'bad_option',
      'waitForReplicas does not work with a Cluster of ioredis, which sends WAIT to any node. Use createCluster() of node-redis.',
    )
  return ioRedis(client)
}

function notAClient(): InstarError {
  return new InstarError('bad_option', 'redisStore() needs a client of node-redis (createClient(), connected) or of ioredis (new Redis()).')
}

interface NodeRedisPipeline {
  eval(script: string, options: NodeRedisArguments): NodeRedisPipeline
  evalSha(sha: string, options: NodeRedisArguments): NodeRedisPipeline
  wait(replicas: number, timeout: number): NodeRedisPipeline
  execAsPipeline(): Promise<unknown>
}

function nodeRedis(client: NodeRedis): Driver {
  const evaluateOn =
    (node: NodeRedis): Evaluate =>
    (method, text, keys, values, replicas) => {
      const name = method === 'eval' ? 'eval' : 'evalSha'
      const given = { keys, arguments: values }
      if (replicas === 0) return node[name](text, given)
      const pipeline = (node as unknown as { multi(): NodeRedisPipeline }).multi()
      return pipeline[name](text, given).wait(replicas, REPLICA_PATIENCE).execAsPipeline()
    }
  const cluster = client as NodeRedis & { masters?: readonly unknown[]; nodeClient?(node: unknown): Promise<NodeRedis> }
  return {
    evaluate: evaluateOn(client),
    async primaries() {
      const { masters } = cluster
      if (!masters) return [evaluateOn(client)]
      return Promise.all(masters.map(async (node) => evaluateOn((await cluster.nodeClient?.(node)) as NodeRedis)))
    },
  }
}

interface IoRedisPipeline {
  exec(): Promise<readonly (readonly [error: Error | null, result: unknown])[]>
}

function ioRedis(client: IoRedis): Driver {
  const evaluateOn =
    (node: IoRedis): Evaluate =>
    async (method, text, keys, values, replicas) => {
      if (replicas === 0) return node[method](text, keys.length, ...keys, ...values)
      const { pipeline } = node as unknown as { pipeline(commands: unknown[][]): IoRedisPipeline }
      const answers = await pipeline
        .call(node, [
          [method, text, keys.length, ...keys, ...values],
          ['wait', replicas, REPLICA_PATIENCE],
        ])
        .exec()
      return answers.map(([error, result]) => {
        if (error) throw error
        return result
      })
    }
  const cluster = client as IoRedis & { nodes?(role: 'master'): readonly IoRedis[] }
  return {
    evaluate: evaluateOn(client),
    primaries: async () => (cluster.nodes?.('master') ?? [client]).map(evaluateOn),
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
