import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why there can be no browser here; undefined when there can, or when there must be one. */
export function whyNoChromium(): string | undefined {
  if (existsSync(EXECUTABLE) || process.env['INSTAR_REQUIRE_ALL'] === '1') return undefined
  return `There is no ${EXECUTABLE} on this machine.`
}

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS })
