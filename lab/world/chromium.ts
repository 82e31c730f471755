import { createHash, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { Certificate } from './authority.ts'

/** The one without windows comes first where both are: it has the same network, cookies and cache, and needs a third of the time. */
const USUAL = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const
const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? USUAL.find((path) => existsSync(path)) ?? USUAL[1]
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * 127.0.0.1', // All hosts are here.
]

/**
 * A browser that finds every host on this machine, and believes the lab's certificate: where it merely overlooked an error it would cache nothing, and the back button would show
 * nothing. Throws where there is no browser.
 */
export function launchChromium({ cert }: Certificate): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) throw new Error(`There is no ${EXECUTABLE}. Install Debian's package chromium, or set CHROMIUM_PATH.`)
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  const believed = `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: [...FLAGS, believed], ignoreDefaultArgs: ['--disable-back-forward-cache'] })
}
