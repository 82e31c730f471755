// A process that measures the library without http.
import { join } from 'node:path'
import { resolveFrom } from '../../../scripts/resolve-from.ts'

const [home = '', rounds = ''] = process.argv.slice(2)
resolveFrom(home, join(import.meta.dirname, '..'))
const { measure } = (await import('../subjects/without-http.ts')) as { measure(rounds: number): Promise<void> }
await measure(Number(rounds))
