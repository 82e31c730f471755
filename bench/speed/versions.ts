import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PEERS } from './peers.ts'
import type { Places } from './places.ts'

/** Of Node, of everything that the peers' folder names, and of the engines. */
export function versionsOf(places: Places): { readonly [what: string]: string } {
  const { dependencies } = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')) as { readonly dependencies: { readonly [name: string]: string } }
  const engines = places.versions.map((version) => version.split(' ') as [string, string])
  return { Node: process.versions.node, ...Object.fromEntries(engines), ...dependencies }
}
