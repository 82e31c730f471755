import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Accounts, usernameProblem } from '../src/accounts.ts'
import { deviceName } from '../src/device-name.ts'
import { EventLog } from '../src/event-log.ts'
import { errorPage } from '../src/pages/error.ts'
import { hashPassword, passwordProblem, verifyPassword } from '../src/passwords.ts'
import { readSettings } from '../src/settings.ts'

test('a password opens its own hash and no other', async () => {
  const hash = await hashPassword('pass-wörd')
  assert.match(hash, /^\$scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/)
  assert.equal(await verifyPassword('pass-wörd'.normalize('NFD'), hash), true)
  assert.equal(await verifyPassword('pass-word', hash), false)
  assert.equal(await verifyPassword('pass-wörd', undefined), false)
})

test('the rules for passwords and names count characters', () => {
  assert.match(passwordProblem('seven77') ?? '', /too short/)
  assert.equal(passwordProblem('🦋'.repeat(8)), undefined)
  assert.equal(passwordProblem('x'.repeat(128)), undefined)
  assert.match(passwordProblem('x'.repeat(129)) ?? '', /too long/)
  assert.equal(usernameProblem('a.b_c-9'), undefined)
  assert.match(usernameProblem('') ?? '', /Choose/)
  assert.match(usernameProblem('x'.repeat(33)) ?? '', /too long/)
  assert.match(usernameProblem('Ann') ?? '', /small letters/)
})

test('of two that register one name at once, one gets it', async () => {
  const accounts = new Accounts(new DatabaseSync(':memory:'))
  const made = await Promise.all([accounts.create('eve', 'password-1'), accounts.create('eve', 'password-2')])
  assert.equal(made.filter((account) => account !== undefined).length, 1)
})

test('a password change asks for the record that was verified', async () => {
  const accounts = new Accounts(new DatabaseSync(':memory:'))
  const account = await accounts.create('eve', 'password-1')
  assert.ok(account)
  const changed = await accounts.changePassword(account, 'password-2')
  assert.notEqual(changed?.stamp, account.stamp)
  assert.equal(await accounts.changePassword(account, 'password-3'), undefined)
})

test('the event log keeps twenty of each type for each user', () => {
  const log = new EventLog(new DatabaseSync(':memory:'))
  log.record({ type: 'session.logout', at: 0, userId: 'eve', everywhere: false })
  for (let at = 1; at <= 30; at++) log.record({ type: 'session.stale_secret', at, userId: 'eve', known: false })
  log.record({ type: 'session.created', at: 31 })
  const kept = log.list('eve')
  assert.deepEqual([kept.length, kept[0]?.at, kept[19]?.at, kept[20]?.type], [21, 30, 11, 'session.logout'])
})

test('devices are named as people name them', () => {
  const of = (system: string, browser: string) => deviceName(`Mozilla/5.0 (${system}) ${browser}`)
  assert.equal(of('X11; Linux x86_64', 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'), 'Chrome on Linux')
  assert.equal(of('Windows NT 10.0', 'AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0'), 'Edge on Windows')
  assert.equal(of('iPhone; CPU iPhone OS 18_0 like Mac OS X', 'Version/18.0 Mobile/15E148 Safari/604.1'), 'Safari on iOS')
  assert.equal(of('Android 15; Mobile; rv:140.0', 'Gecko/140.0 Firefox/140.0'), 'Firefox on Android')
  assert.equal(deviceName('curl/8.0'), 'curl')
  assert.equal(deviceName('<script>'), 'Unknown browser')
  assert.equal(deviceName(null), 'Unknown device')
})

test('settings that cannot work are refused with what to do', () => {
  assert.throws(() => readSettings([], { PORT: '70000' }), /PORT is '70000'/)
  assert.throws(() => readSettings(['--tls'], {}), /only one is --https/)
})

test('an error page takes the blame for errors of the server alone, and promises nothing', () => {
  const textOf = (status: number) => errorPage({ status, message: undefined, code: undefined }).content.toString()
  assert.match(textOf(500), /The mistake is ours/)
  assert.doesNotMatch(textOf(400), /mistake is ours/)
  for (const status of [400, 500]) assert.doesNotMatch(textOf(status), /Nothing was changed/)
})
