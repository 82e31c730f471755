import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Engine } from './engine.ts'
import { makeFolder } from './keeper.ts'
import { launch } from './launch.ts'
import { HOST } from './ports.ts'
import { programOf } from './programs.ts'

export interface RedisOptions {
  /** Directives of redis.conf, such as { appendonly: 'yes', appendfsync: 'always' }. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts a private Redis, which keeps nothing on disk unless the settings say so. */
export function startRedis({ settings = {} }: RedisOptions = {}): Promise<Engine> {
  return startConfigured({ save: '""', appendonly: 'no', ...settings })
}

/** Starts a Redis on a configuration of its own folder, with further arguments. */
export async function startConfigured(directives: Readonly<Record<string, string>>, further: readonly string[] = []): Promise<Engine> {
  const command = programOf('Redis')
  const folder = await makeFolder(join(tmpdir(), 'instar-redis-'))
  const file = join(folder, 'redis.conf')
  const lines = Object.entries({ bind: HOST, dir: folder, ...directives }).map(([key, value]) => `${key} ${value}\n`)
  await writeFile(file, lines.join(''))
  return launch({
    name: 'Redis',
    folder,
    command,
    args: (port) => [file, ...further, '--port', `${port}`],
    url: (port) => `redis://${HOST}:${port}`,
    ask: (port, pid) => asking(port, (client) => ask(client, pid)),
  })
}

/** Asks a server over a connection that ends with the answer, and fails rather than waits where there is none. */
export async function asking<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  // Where no connection came about, the client still waits this long for its end, and keeps the process alive.
  const times = { connectTimeout: 5000, disconnectTimeout: 50, retryStrategy: () => null }
  const client = new Redis({ host: HOST, port, lazyConnect: true, enableReadyCheck: false, ...times })
  client.on('error', () => {})
  try {
    await client.connect()
    return await question(client)
  } finally {
    client.disconnect()
  }
}

/** A value out of the answer to INFO or CLUSTER INFO. */
export function field(info: string, name: string): string | undefined {
  return info
    .split('\r\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
}

async function ask(client: Redis, pid: number): Promise<string | undefined> {
  const info = await client.info()
  const isOurs = field(info, 'process_id') === `${pid}`
  return isOurs && field(info, 'loading') !== '1' ? field(info, 'redis_version') : undefined
}
