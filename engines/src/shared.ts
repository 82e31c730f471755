import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Engine } from './engine.ts'
import { startMariaDb } from './mariadb.ts'
import { startPostgres } from './postgres.ts'
import { type EngineName, engineParts } from './programs.ts'
import { startRedis } from './redis.ts'

interface Urls {
  readonly postgres: string | undefined
  readonly mariadb: string | undefined
  readonly redis: string | undefined
}

/** One server of each kind for a whole test run, undefined where it cannot be started on this machine. */
export interface SharedEngines extends Urls {
  /** Ends those that this call started. */
  stop(): Promise<void>
  /** What child processes have to find in their environment in order to use the same ones. */
  readonly env: Record<string, string>
}

/**
 * Starts the servers for a test run, or uses those that INSTAR_ENGINES names because another process of the run has started them. A server that
 * INSTAR_POSTGRES_URL, INSTAR_MYSQL_URL or INSTAR_REDIS_URL names is used instead of a private one.
 */
export async function sharedEngines(): Promise<SharedEngines> {
  const given = process.env['INSTAR_ENGINES']
  if (given) return share(JSON.parse(given), [])
  const parts = new Map(engineParts().map(({ name, path }) => [name, path]))
  const started: Engine[] = []
  const open = async (name: EngineName, variable: string, start: (path: string) => Promise<Engine>): Promise<string | undefined> => {
    const path = parts.get(name)
    const url = process.env[variable]
    if (url || path === undefined) return url || undefined
    const engine = await start(path)
    started.push(engine)
    return engine.url
  }
  const results = await Promise.allSettled([
    open('PostgreSQL', 'INSTAR_POSTGRES_URL', (path) => startPostgres({ settings: { max_connections: '200', ...statistics(path) } })),
    open('MariaDB', 'INSTAR_MYSQL_URL', () => startMariaDb({ settings: { 'max-connections': '200' } })),
    open('Redis', 'INSTAR_REDIS_URL', () => startRedis()),
  ])
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await stopAll(started)
    throw failed.reason
  }
  const [postgres, mariadb, redis] = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined))
  return share({ postgres, mariadb, redis }, started)
}

function share({ postgres, mariadb, redis }: Urls, started: readonly Engine[]): SharedEngines {
  const urls = { postgres, mariadb, redis }
  return { ...urls, stop: () => stopAll(started), env: { INSTAR_ENGINES: JSON.stringify(urls) } }
}

async function stopAll(engines: readonly Engine[]): Promise<void> {
  await Promise.all(engines.map((engine) => engine.stop()))
}

/** The setting that lets a test create the extension pg_stat_statements, where its library is there. */
function statistics(program: string): Record<string, string> {
  const lib = join(dirname(realpathSync(program)), '..', 'lib')
  const library = 'pg_stat_statements'
  const files = [lib, join(lib, 'postgresql')].flatMap((folder) => [join(folder, `${library}.so`), join(folder, `${library}.dylib`)])
  return files.some((file) => existsSync(file)) ? { shared_preload_libraries: library } : {}
}
