import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Such as 'pg 8.23.1'. */
export function installed(name: string): string {
  return `${name} ${JSON.parse(readFileSync(findPackageJSON(name, import.meta.url) as string, 'utf8')).version}`
}
