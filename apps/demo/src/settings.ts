import { fileURLToPath } from 'node:url'

export interface Settings {
  readonly https: boolean
  readonly host: string
  readonly port: number
  /** With https, where plain http is sent on from. */
  readonly httpPort: number
  readonly databaseFile: string
}

/** A setting that cannot work, or a port that is taken; the message says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

const DATABASE_FILE = fileURLToPath(new URL('../data/demo.db', import.meta.url))

export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Settings {
  const unknown = args.find((arg) => arg !== '--https')
  if (unknown !== undefined) throw new SettingsError(`There is no option ${unknown}. The only one is --https.`)
  const https = args.includes('--https')
  return {
    https,
    host: env['HOST'] || 'localhost',
    port: readPort(env, 'PORT', https ? 3443 : 3000),
    httpPort: readPort(env, 'HTTP_PORT', 3080),
    databaseFile: env['DEMO_DB'] || DATABASE_FILE,
  }
}

function readPort(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name] || String(otherwise)
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new SettingsError(`${name} is '${text}'. Use a number from 0 to 65535; 0 takes any free port.`)
}
