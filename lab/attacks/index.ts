import { globSync } from 'node:fs'
import type { Attack } from '../stage.ts'

/** In the order in which they are told. */
const NAMES = [
  'shared-computer-copy',
  'shared-computer-plant',
  'url-id',
  'script-before-login',
  'script-partitioned',
  'sibling-domain',
  'sibling-path',
  'sibling-http-only',
  'network-same-host',
  'network-sub-domain',
  'read-on-the-way',
  'nameless',
  'look-alike',
  'duplicate-before',
  'duplicate-after',
  'jar-overflow',
  'clear-site-data',
  'concurrent-logins',
  'late-set-cookie',
  'forged-login',
  'donated-session',
  'donated-by-hand',
  'foreign-callback',
  'forged-transfer',
  'forged-logout',
  'csrf-token-before',
  'csrf-token-after',
  'replay-after-logout',
  'slow-request',
  'stolen-row',
  'back-button',
  'open-redirect',
] as const

export interface NamedAttack extends Attack {
  readonly name: string
}

/** Every attack; throws where a file of this folder has none, or is not named here. */
export async function attacks(): Promise<readonly NamedAttack[]> {
  const files = globSync('*.ts', { cwd: import.meta.dirname }).map((file) => file.replace(/\.ts$/, ''))
  const helpers = new Set(['index', 'plant'])
  const unnamed = files.filter((file) => !helpers.has(file) && !(NAMES as readonly string[]).includes(file))
  if (unnamed.length > 0) throw new Error(`lab/attacks/index.ts does not name ${unnamed.join(', ')}.`)
  return Promise.all(NAMES.map(async (name) => ({ name, ...((await import(`./${name}.ts`)) as { attack: Attack }).attack })))
}
