import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ensureCertificate } from '../src/certificate.ts'
import { visitWithForgedNames } from './support/stolen-authority.ts'
import { temporaryFolder } from './support/temporary.ts'

const modeOf = (file: string): number => statSync(file).mode & 0o777

test('a certificate is kept, and made anew when it is damaged', async () => {
  using folder = temporaryFolder()
  const data = join(folder.path, 'made', 'data')
  const first = await ensureCertificate(data)
  assert.deepEqual(await ensureCertificate(data), first)
  assert.equal(modeOf(data), 0o700)
  for (const name of ['localhost.key', 'authority.key']) assert.equal(modeOf(join(data, name)), 0o600)
  const authority = readFileSync(first.authorityFile, 'utf8')
  writeFileSync(join(data, 'localhost.pem'), 'damaged')
  assert.notEqual((await ensureCertificate(data)).cert, first.cert)
  assert.equal(readFileSync(first.authorityFile, 'utf8'), authority)
  writeFileSync(join(data, 'authority.key'), 'damaged')
  await ensureCertificate(data)
  assert.notEqual(readFileSync(first.authorityFile, 'utf8'), authority)
})

test('a certificate about to expire is made anew', async (context) => {
  using folder = temporaryFolder()
  const first = await ensureCertificate(folder.path)
  const DAY = 86_400_000
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 82 * DAY })
  assert.equal((await ensureCertificate(folder.path)).cert, first.cert)
  context.mock.timers.setTime(Date.now() + 2 * DAY)
  assert.notEqual((await ensureCertificate(folder.path)).cert, first.cert)
})

test('files and links that lie where a key is to be written lend it neither their mode nor their place', async () => {
  using folder = temporaryFolder()
  const data = join(folder.path, 'data')
  mkdirSync(data, { mode: 0o700 })
  const elsewhere = join(folder.path, 'elsewhere')
  writeFileSync(elsewhere, 'untouched')
  symlinkSync(elsewhere, join(data, 'authority.key.new'))
  writeFileSync(join(data, 'localhost.key.new'), '')
  chmodSync(join(data, 'localhost.key.new'), 0o666)
  await ensureCertificate(data)
  for (const name of ['localhost.key', 'authority.key']) assert.equal(modeOf(join(data, name)), 0o600)
  assert.equal(readFileSync(elsewhere, 'utf8'), 'untouched')
})

test('no keys are put where other users can write', { skip: process.platform === 'win32' }, async () => {
  using folder = temporaryFolder()
  for (const mode of [0o770, 0o1777]) {
    chmodSync(folder.path, mode)
    await assert.rejects(ensureCertificate(folder.path), /Other users can write .* Set DEMO_DB/)
  }
  chmodSync(folder.path, 0o755)
  await ensureCertificate(folder.path)
})

test('whoever steals the authority’s key can vouch for servers on localhost and for no other name', async () => {
  using folder = temporaryFolder()
  const { authorityFile } = await ensureCertificate(folder.path)
  assert.deepEqual(new X509Certificate(readFileSync(authorityFile)).keyUsage, ['1.3.6.1.5.5.7.3.1']) // serverAuth
  await visitWithForgedNames(folder.path, [])
  await visitWithForgedNames(folder.path, [{ type: 'email', value: 'ann@localhost' }])
  for (const name of [
    { type: 'dns', value: 'shop.example' },
    { type: 'ip', value: '192.0.2.1' },
    { type: 'email', value: 'ann@shop.example' },
    { type: 'url', value: 'https://shop.example/' },
  ] as const)
    await assert.rejects(visitWithForgedNames(folder.path, [name]), /permitted subtree violation/, name.value)
})
