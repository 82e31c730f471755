import { InstarError } from '../core/errors.ts'
import { followOver, type RowChanges, type RowListener, type ToldLine } from './row-changes.ts'

/** The part of a client of node-redis (`createClient`) that is used: a connection like it is made, and ended. */
export interface TrackingNodeRedis {
  readonly options?: { readonly socket?: object | undefined } | undefined
  duplicate(options: { RESP: 2; maintNotifications: 'disabled'; commandOptions: object; socket: object & { reconnectStrategy: false } }): NodeRedisLine
}

interface NodeRedisLine {
  connect(): Promise<unknown>
  sendCommand(words: string[]): Promise<unknown>
  subscribe(channel: string, listener: (keys: string) => unknown): Promise<unknown>
  ping(): Promise<unknown>
  on(event: string, listener: (error?: Error) => void): unknown
  destroy(): unknown
}

/** The part of a `Redis` of ioredis that is used. */
export interface TrackingIoRedis {
  duplicate(options: { lazyConnect: true; protocol: 2 }): IoRedisLine
}

interface IoRedisLine {
  connect(): Promise<unknown>
  call(command: string, ...words: string[]): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  ping(): Promise<unknown>
  on(event: string, listener: (...given: never[]) => void): unknown
  disconnect(): unknown
}

export interface RedisChangesOptions {
  /** The store's prefix. Default `instar:`. */
  readonly prefix?: string
}

/** Where Redis tells a connection that speaks RESP2 which keys changed. */
const CHANNEL = '__redis__:invalidate'

/**
 * The word of Redis (client tracking, in broadcasting mode) of each row that is written, removed or expires, by whatever process or hand. It comes on a connection of its own,
 * made as the client's is, whose user needs `CLIENT`, `SUBSCRIBE` and the channel `__redis__:invalidate`. For one server, with ioredis also by Sentinels; throws `bad_option` for a
 * Cluster, whose nodes each tell of their own keys alone, and for what hands out several connections.
 */
export function redisChanges(client: TrackingNodeRedis | TrackingIoRedis, { prefix = 'instar:' }: RedisChangesOptions = {}): RowChanges {
  if (typeof prefix !== 'string') throw new InstarError('bad_option', `prefix is ${JSON.stringify(prefix)}. Use that of the store, a text such as 'instar:'.`)
  const isOneConnection = typeof client?.duplicate === 'function' && !['masters', 'nodes', 'acquire', 'getSentinelNode'].some((word) => word in client)
  if (!isOneConnection)
    throw new InstarError(
      'bad_option',
      'redisChanges() needs a client of createClient() of node-redis or a Redis of ioredis, and no Cluster, Sentinel client of node-redis or pool.',
    )
  const keys = `${prefix}row:`
  const line = (listener: RowListener): ToldLine =>
    'evalSha' in client ? byNodeRedis(client as TrackingNodeRedis, keys, listener) : byIoRedis(client as TrackingIoRedis, keys, listener)
  return { follow: followOver(line, 'changes in Redis') }
}

/** Its own messages redirected to itself: one connection, so that what tells and what is told cannot part. */
const tracking = (id: unknown, keys: string): string[] => ['TRACKING', 'ON', 'REDIRECT', String(id), 'BCAST', 'PREFIX', keys]

/** The client's options but for what needs another version of the protocol. */
const OF_A_LINE = { RESP: 2, maintNotifications: 'disabled', clientSideCache: undefined, commandOptions: {} } as const

function byNodeRedis(client: TrackingNodeRedis, keys: string, listener: RowListener): ToldLine {
  // A line that connects again by itself leaves a connection behind when it is ended meanwhile.
  const line = client.duplicate({ ...OF_A_LINE, socket: { ...client.options?.socket, reconnectStrategy: false } })
  const broken = troubleOn(line, ['error', 'end', 'reconnecting'])
  const begin = async (): Promise<void> => {
    await line.connect()
    await line.sendCommand(['CLIENT', ...tracking(await line.sendCommand(['CLIENT', 'ID']), keys)])
    // On this channel alone it is no text.
    await line.subscribe(CHANNEL, (changed: unknown) => tell(listener, changed as readonly string[] | null, keys))
  }
  return { ready: unlessBroken(begin(), broken), broken, check: () => line.ping(), close: () => line.destroy() }
}

function byIoRedis(client: TrackingIoRedis, keys: string, listener: RowListener): ToldLine {
  const line = client.duplicate({ lazyConnect: true, protocol: 2 })
  line.on('message', (channel: string, text: string) => {
    // The driver makes one text of the keys; no id has a comma, and neither has what stands before it, or the rows cannot be told apart.
    if (channel === CHANNEL) tell(listener, text === '' || keys.includes(',') ? null : text.split(','), keys)
  })
  const broken = troubleOn(line, ['error', 'end', 'close', 'reconnecting'])
  const begin = async (): Promise<void> => {
    await line.connect()
    await line.call('CLIENT', ...tracking(await line.call('CLIENT', 'ID'), keys))
    await line.subscribe(CHANNEL)
  }
  return { ready: unlessBroken(begin(), broken), broken, check: () => line.ping(), close: () => line.disconnect() }
}

/** Null is for all of them: the database was emptied. */
function tell(listener: RowListener, changed: readonly string[] | null, keys: string): void {
  if (changed === null) return listener.changedAll()
  for (const key of changed) if (key.startsWith(keys)) listener.changed(key.slice(keys.length))
}

/** The first trouble of a line, after which a new one is made: that is cheaper than to know what the driver restored. */
const troubleOn = (line: { on(event: string, listener: (error?: Error) => void): unknown }, events: readonly string[]): Promise<Error | undefined> =>
  new Promise((resolve) => {
    for (const event of events) line.on(event, resolve)
  })

const unlessBroken = (begun: Promise<void>, broken: Promise<Error | undefined>): Promise<void> =>
  Promise.race([begun, broken.then((error) => Promise.reject(error ?? new Error('The connection was closed.')))])
