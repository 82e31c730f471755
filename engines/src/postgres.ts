import { execFile } from 'node:child_process'
import { chown, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Engine } from './engine.ts'
import { makeFolder, removeFolder } from './keeper.ts'
import { launch, prepare } from './launch.ts'
import { HOST } from './ports.ts'
import { find, programOf, userToBecome } from './programs.ts'

export interface PostgresOptions {
  /** Parameters of the server, such as { max_connections: '200' }. */
  readonly settings?: Readonly<Record<string, string>>
  /** Whether a commit reaches the disk before it is answered, as the server does by itself. Tests are faster without, and that is the default. */
  readonly durable?: boolean
}

const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** Starts a private PostgreSQL; its superuser is postgres and needs no password. */
export async function startPostgres({ settings = {}, durable = false }: PostgresOptions = {}): Promise<Engine> {
  const command = programOf('PostgreSQL')
  const user = userToBecome('postgres')
  const folder = await makeFolder(join(tmpdir(), 'instar-postgres-'))
  const data = join(folder, 'data')
  try {
    if (user) await chown(folder, user.uid, user.gid)
    const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    await prepare('PostgreSQL', { command: join(dirname(command), 'initdb'), args, folder, user, quit: 'alone' })
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
  // Shared memory in files of the folder goes with the folder, whatever the server's end.
  const parameters = { listen_addresses: HOST, unix_socket_directories: folder, dynamic_shared_memory_type: 'mmap', ...(durable ? {} : FAST), ...settings }
  return launch({
    name: 'PostgreSQL',
    folder,
    command,
    args: (port) => ['-D', data, '-p', `${port}`, ...Object.entries(parameters).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    url: (port) => `postgres://postgres@${HOST}:${port}/postgres`,
    ask: (port) => ask(port, data),
    clear: () => clearSharedMemory(data),
    user,
    quit: 'SIGQUIT',
  })
}

async function ask(port: number, data: string): Promise<string | undefined> {
  const client = new pg.Client({ host: HOST, port, user: 'postgres', database: 'postgres', password: '', ssl: false, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(`select current_setting('server_version') as version, current_setting('data_directory') as data`)
    return rows[0].data === data ? rows[0].version.split(' ')[0] : undefined
  } finally {
    await client.end().catch(() => {})
  }
}

/** Removes the System V segment that a killed server leaves, which is named in the seventh line of its lock file. */
async function clearSharedMemory(data: string): Promise<void> {
  const lock = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const segment = lock.split('\n')[6]?.trim().split(/\s+/)[1]
  const ipcrm = find('ipcrm')
  if (segment && ipcrm) await promisify(execFile)(ipcrm, ['-m', segment]).catch(() => {})
}
