import { createHash, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { Certificate } from './authority.ts'

/** Where Debian has them. The one without windows has the same network, cookies and cache of answers, and needs a third of the time; pages that were left, ready to be shown again, only the other keeps. */
const [WHOLE, QUICK] = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell']
const GIVEN = process.env['CHROMIUM_PATH']
const firstOf = (paths: readonly string[]): string | undefined => (GIVEN === undefined ? paths : [GIVEN]).find((path) => existsSync(path))
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

/** Where the browsers are; `whole` is `quick` where there is but one. Throws where there is none. */
export function findChromium(): { readonly quick: string; readonly whole: string } {
  const [quick, whole] = [firstOf([QUICK, WHOLE]), firstOf([WHOLE, QUICK])]
  if (!quick || !whole)
    throw new Error(`There is no ${GIVEN ?? `${QUICK} and no ${WHOLE}`}. Install Debian's package chromium or chromium-headless-shell, or set CHROMIUM_PATH.`)
  return { quick, whole }
}

/**
 * A browser that finds every host on this machine, and believes the lab's certificate: where it merely overlooked an error it would cache nothing, and the back button would show
 * nothing. It keeps pages that were left, as people's browsers do.
 */
export function launchChromium(executablePath: string, { cert }: Certificate): Promise<Browser> {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  const believed = `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`
  return chromium.launch({ executablePath, headless: true, args: [...FLAGS, believed], ignoreDefaultArgs: ['--disable-back-forward-cache'] })
}
