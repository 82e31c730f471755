import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

export type EngineName = 'PostgreSQL' | 'MariaDB' | 'Redis'

/** An engine and the path of its server's program; where it cannot be started the path is undefined and `mend` tells what to do. */
export interface EnginePart {
  readonly name: EngineName
  readonly path: string | undefined
  readonly mend: string
}

export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const DEBIAN_POSTGRES = '/usr/lib/postgresql'
const PLACES = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin', '/opt/homebrew/sbin', '/usr/bin']

/** Which engines can be started on this machine, and where their programs are. */
export function engineParts(): readonly EnginePart[] {
  const postgres = postgresFolder()
  const isRefused = postgres !== undefined && isRoot() && userToBecome('postgres') === undefined
  const hasMariaDb = find('mariadb-install-db') !== undefined
  return [
    {
      name: 'PostgreSQL',
      path: postgres && !isRefused ? join(postgres, 'postgres') : undefined,
      mend: isRefused ? 'It does not run as root: add a system user "postgres".' : 'Install the package postgresql, or put the folder of initdb into PATH.',
    },
    {
      name: 'MariaDB',
      path: hasMariaDb ? find('mariadbd') : undefined,
      mend: 'Install the package mariadb-server, or put the folders of mariadbd and mariadb-install-db into PATH.',
    },
    { name: 'Redis', path: find('redis-server'), mend: 'Install the package redis-server, or put the folder of redis-server into PATH.' },
  ]
}

/** The path of an engine's program; throws where it cannot be started. */
export function programOf(wanted: EngineName): string {
  const { path, mend } = engineParts().find(({ name }) => name === wanted) ?? {}
  if (path === undefined) throw new Error(`${wanted} cannot be started on this machine. ${mend}`)
  return path
}

/** The first program of that name in $PATH and the usual places. */
export function find(program: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...PLACES]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable)
}

/** The user that a server has to run as instead of root; undefined where this process is not root's, or there is no such user. */
export function userToBecome(name: string): SystemUser | undefined {
  if (!isRoot()) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return gid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) }
}

function postgresFolder(): string | undefined {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES).sort((a, b) => Number(b) - Number(a)) : []
  const inPath = find('postgres')
  return [...(inPath ? [dirname(inPath)] : []), ...versions.map((version) => join(DEBIAN_POSTGRES, version, 'bin'))].find(
    (folder) => isExecutable(join(folder, 'postgres')) && isExecutable(join(folder, 'initdb')),
  )
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
