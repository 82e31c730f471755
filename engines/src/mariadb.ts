import { chown } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import type { Engine } from './engine.ts'
import { makeFolder, removeFolder } from './keeper.ts'
import { launch, prepare } from './launch.ts'
import { HOST } from './ports.ts'
import { find, programOf, userToBecome } from './programs.ts'

export interface MariaDbOptions {
  /** Options of the server without their dashes, such as { 'max-connections': '200' }; the value '' is for an option that takes none. */
  readonly settings?: Readonly<Record<string, string>>
  /** Whether a commit reaches the disk before it is answered, as the server does by itself. Tests are faster without, and that is the default. */
  readonly durable?: boolean
}

const FAST = ['--innodb-flush-log-at-trx-commit=0', '--loose-innodb-flush-method=nosync', '--innodb-doublewrite=0', '--skip-log-bin']

/** Starts a private MariaDB with an empty database `test`; its user root needs no password. */
export async function startMariaDb({ settings = {}, durable = false }: MariaDbOptions = {}): Promise<Engine> {
  const command = programOf('MariaDB')
  const user = userToBecome('mysql')
  const folder = await makeFolder(join(tmpdir(), 'instar-mariadb-'))
  const data = join(folder, 'data')
  // A folder for temporary tables of its own: two installations at once would clear away each other's.
  const common = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${folder}`, ...(user ? ['--user=mysql'] : [])]
  try {
    if (user) await chown(folder, user.uid, user.gid)
    const args = [...common, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', ...FAST]
    await prepare('MariaDB', { command: find('mariadb-install-db') ?? '', args, folder })
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
  const fixed = [...common, '--skip-networking=0', `--bind-address=${HOST}`, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`]
  const chosen = ['--skip-name-resolve', '--character-set-server=utf8mb4', '--innodb-buffer-pool-size=64M', '--performance-schema=OFF']
  const given = Object.entries(settings).map(([key, value]) => (value === '' ? `--${key}` : `--${key}=${value}`))
  return launch({
    name: 'MariaDB',
    folder,
    command,
    args: (port) => [...fixed, `--port=${port}`, ...chosen, ...(durable ? [] : FAST), ...given],
    url: (port) => `mysql://root@${HOST}:${port}/test`,
    ask: (port) => ask(port, data),
  })
}

async function ask(port: number, data: string): Promise<string | undefined> {
  const connection = await mysql.createConnection({ host: HOST, port, user: 'root', password: '', connectTimeout: 5000 })
  connection.on('error', () => {})
  try {
    const [[row]] = await connection.query<RowDataPacket[]>('select version() as version, @@datadir as data')
    if (row === undefined || resolve(row['data']) !== data) return undefined
    await connection.query('create database if not exists test')
    return /^[\d.]+(-MariaDB)?/.exec(row['version'])?.[0]
  } finally {
    connection.destroy()
  }
}
