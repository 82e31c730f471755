/** One guard taken out of the library, and the test that must fail then. */
export interface Sabotage {
  readonly title: string
  /** Below `packages/instar/src`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
  /** Below `packages/instar/test`, and the test's title without the store's or framework's name in brackets. */
  readonly test: { readonly file: string; readonly name: string }
}

const laws = (name: string) => ({ file: 'laws/laws.test.ts', name })
const races = (name: string) => ({ file: 'laws/races.test.ts', name })
const session = (name: string) => ({ file: 'core/session.test.ts', name })
const stores = (name: string) => ({ file: 'stores/conformance.test.ts', name })
const adapters = (name: string) => ({ file: 'adapters/conformance.test.ts', name })
const express = (name: string) => ({ file: 'adapters/express.test.ts', name })
const model = { file: 'model/model.test.ts', name: '1,000 random histories of a victim, an attacker and an administrator: nobody is who they may not be' }

export const sabotages: readonly Sabotage[] = [
  // Stores
  {
    title: 'memory: update is an upsert',
    file: 'stores/memory.ts',
    find: 'if (stored?.version !== row.version) return false',
    replace: 'if (stored && stored.version !== row.version) return false',
    test: stores('update: never creates, nor brings back what was deleted'),
  },
  {
    title: 'memory: update does not compare the version',
    file: 'stores/memory.ts',
    find: 'if (stored?.version !== row.version) return false',
    replace: 'if (!stored) return false',
    test: model,
  },
  {
    title: 'memory: update writes the user',
    file: 'stores/memory.ts',
    find: '{ ...stored, secretHash, expiresAt, payload, version: row.version + 1 }',
    replace: '{ ...row, version: row.version + 1 }',
    test: stores('update: never writes the user or the absolute deadline'),
  },
  {
    title: 'memory: create overwrites',
    file: 'stores/memory.ts',
    find: "if (this.#live(row.id)) throw new Error('The id is taken.')",
    replace: '',
    test: stores('create: a taken id is refused and nothing is overwritten'),
  },
  {
    title: 'memory: expired rows are found',
    file: 'stores/memory.ts',
    find: 'if (!row || row.expiresAt > this.#now()) return row',
    replace: 'if (row) return row',
    test: stores('an expired row is absent to every operation'),
  },
  {
    title: 'memory: a login gives way when the store is full',
    file: 'stores/memory.ts',
    find: 'this.#tombstones.values().next().value ?? this.#anonymous.values().next().value',
    replace: 'this.#rows.keys().next().value',
    test: { file: 'stores/memory.test.ts', name: 'when full, tombstones give way first, then anonymous rows, the oldest first; a login never' },
  },
  {
    title: 'SQLite: create replaces',
    file: 'stores/sqlite.ts',
    find: "'INSERT INTO instar_sessions",
    replace: "'INSERT OR REPLACE INTO instar_sessions",
    test: stores('create: a taken id is refused and nothing is overwritten'),
  },
  {
    title: 'SQLite: update does not compare the version',
    file: 'stores/sqlite.ts',
    find: 'WHERE id = ? AND version = ? AND expires_at > ?',
    replace: 'WHERE id = ? AND ? IS NOT NULL AND expires_at > ?',
    test: {
      file: 'laws/processes.test.ts',
      name: '100 parallel increments and 100 different keys from two processes, all of which have read before the first writes: nothing is lost',
    },
  },
  {
    title: 'SQLite: update of an expired row',
    file: 'stores/sqlite.ts',
    find: 'WHERE id = ? AND version = ? AND expires_at > ?',
    replace: 'WHERE id = ? AND version = ? AND ? IS NOT NULL',
    test: stores('an expired row is absent to every operation'),
  },
  {
    title: 'SQLite: ids without regard to case',
    file: 'stores/sqlite.ts',
    find: 'id TEXT PRIMARY KEY,',
    replace: 'id TEXT COLLATE NOCASE PRIMARY KEY,',
    test: stores('find: ids are compared byte for byte'),
  },
  // Who it is
  {
    title: 'the secret is stored as it is',
    file: 'core/token.ts',
    find: '=> sha256(secret)',
    replace: '=> secret',
    test: laws('nothing in the database, as cookie or part of one, opens anything'),
  },
  {
    title: 'any secret opens the row',
    file: 'core/token.ts',
    find: 'return difference === 0',
    replace: 'return difference >= 0',
    test: laws('a token that is not as we wrote it is no token'),
  },
  {
    title: 'a login leaves the old row alive',
    file: 'core/login.ts',
    find: 'if (left) await retireRow(',
    replace: 'if (left && Date.now() === 0) await retireRow(',
    test: laws("the attacker's own login, planted: the victim's login ends it"),
  },
  {
    title: 'a login takes everything along',
    file: 'core/unit-of-work.ts',
    find: '.filter(([key]) => keep.includes(key))',
    replace: '',
    test: laws('of the anonymous session only what keep names, and the path to return to, comes along'),
  },
  {
    title: "what keep names comes along of another user's session",
    file: 'core/unit-of-work.ts',
    find: 'if (isOthers) return {} // What one user left behind is not for the next, whatever keep names.',
    replace: 'void isOthers',
    test: laws("of another user's session nothing comes along, whatever keep names"),
  },
  {
    title: 'a token of either cookie opens rows of both kinds',
    file: 'core/opening.ts',
    find: "(row.userId === null) !== (cookie === 'anonymous')",
    replace: 'cookie === undefined',
    test: laws('an anonymous cookie planted as the login cookie, or the reverse, opens nothing'),
  },
  {
    title: 'a superseded token is nobody in particular',
    file: 'core/session-record.ts',
    find: 'const tombstone = { ...reason, secretHash: row.secretHash }',
    replace: "const tombstone = { ...reason, secretHash: '' }",
    test: laws('shared computer: the cookie copied before the login is worth nothing after it, and shows itself'),
  },
  {
    title: 'a tombstone keeps the secret that opens it',
    file: 'core/session-record.ts',
    find: "{ ...row, secretHash: '', expiresAt",
    replace: '{ ...row, expiresAt',
    test: model,
  },
  {
    title: 'logout does not delete what it cannot retire',
    file: 'core/row-writer.ts',
    find: '        await policy.store.delete(row.id)\n',
    replace: '',
    test: races('a thief who writes between the logout’s look at the row and its write loses'),
  },
  {
    title: 'a commit that finds its row gone makes it again',
    file: 'core/row-writer.ts',
    find: '      checkPatience()\n',
    replace: '      checkPatience()\n      if (!(await policy.store.find(opened.id))) await policy.store.create(next)\n',
    test: laws('a slow request that writes after revoke brings nothing back'),
  },
  {
    title: 'a conflict is not applied again',
    file: 'core/row-writer.ts',
    find: '      row = await policy.store.find(opened.id)\n',
    replace: '      row = undefined\n',
    test: laws('a conflict with another process is applied again to what the row then holds'),
  },
  {
    title: 'a delta is applied to what the request read',
    file: 'core/row-writer.ts',
    find: 'return changeRow(policy, opened, ({ record }) => {',
    replace: 'const { payload } = opened\n  return changeRow(policy, opened, ({ row }) => {\n    const record = decodeRecord({ ...row, payload })',
    test: laws('in lock-step: 100 requests have read before the first writes'),
  },
  {
    title: 'elevation takes effect for the old secret too',
    file: 'core/elevation.ts',
    find: 'return { record: { ...record, next:',
    replace: 'return { record: { ...record, proof, next:',
    test: races('the old secret keeps the old level until the new one is presented, and is dead from then on'),
  },
  {
    title: 'the old secret outlives the elevation',
    file: 'core/opening.ts',
    find: 'return { secretHash: next.secretHash, record: {',
    replace: 'return { record: {',
    test: races('the old secret keeps the old level until the new one is presented, and is dead from then on'),
  },
  {
    title: 'an elevation by a secret that is dead by now',
    file: 'core/elevation.ts',
    find: 'if (row.secretHash !== presented) return undefined',
    replace: '',
    test: races('of two elevations begun with one secret, the one that was not first presented cannot be used'),
  },
  {
    title: 'a login does not look at the credentials again',
    file: 'core/login.ts',
    find: 'const loaded = await confirmCredentials(policy, order)',
    replace: 'const loaded = undefined',
    test: races('the change wins: no login, no row, no cookie'),
  },
  {
    title: 'a login looks at the credentials before it is stored',
    file: 'core/login.ts',
    find: '  await policy.store.create(fresh.row)\n  try {',
    replace:
      '  const early = await confirmCredentials(policy, order)\n  await policy.store.create(fresh.row)\n  try {\n    policy = { ...policy, loadUser: early && (() => early) }',
    test: model,
  },
  {
    title: 'another stamp is not noticed',
    file: 'core/credentials.ts',
    find: 'loaded && loaded.stamp === stamp',
    replace: 'loaded',
    test: races('another stamp: the session ends where user() is asked, there and then'),
  },
  {
    title: 'a session of another stamp stays in the store',
    file: 'core/unit-of-work.ts',
    find: '    await this.policy.store.delete(login.row.id)\n',
    replace: '',
    test: races('a disabled account: the session ends where user() is asked, there and then'),
  },
  {
    title: 'the limit counts before the row is made',
    file: 'core/limit.ts',
    find: 'const surplus = ranked.slice(limit.perUser)',
    replace: 'const surplus = ranked.slice(limit.perUser + 1)',
    test: races('four logins at once under a limit of one, end-oldest: one is left'),
  },
  {
    title: 'a failed login leaves its row',
    file: 'core/login.ts',
    find: '    await policy.store.delete(token.id).catch(() => {}) // Best effort: nobody was told its secret, which is lost with this call.\n',
    replace: '',
    test: laws('a login whose update fails says nothing and leaves nothing usable'),
  },
  {
    title: 'revoke takes any handle',
    file: 'core/session-manager.ts',
    find: ' || row.userId !== checkedUserId(userId)) return false',
    replace: ') return false',
    test: races('revoke takes the user and the handle; a handle alone is not enough'),
  },
  // Cookies
  {
    title: 'the last of two cookies is believed',
    file: 'core/cookie-header.ts',
    find: 'const trusted = count === 1 && !lookAlike',
    replace: 'const trusted = count >= 1 && !lookAlike',
    test: laws('two of one name, or a look-alike, open nothing and are told'),
  },
  {
    title: 'a look-alike is overlooked',
    file: 'core/cookie-header.ts',
    find: '} else if (resembles(pair, name)) lookAlike = true',
    replace: '}',
    test: laws('two of one name, or a look-alike, open nothing and are told'),
  },
  {
    title: 'white space of every kind is trimmed before a name',
    file: 'core/cookie-header.ts',
    find: 'code === 0x20 || code === 0x09',
    replace: 'code === 0x20 || code === 0x09 || code === 0xa0',
    test: laws('two of one name, or a look-alike, open nothing and are told'),
  },
  {
    title: 'the cookie is readable by scripts',
    file: 'core/cookie.ts',
    find: "    '; HttpOnly',\n",
    replace: '',
    test: adapters('an anonymous write sets the anonymous cookie with every attribute'),
  },
  {
    title: 'the anonymous cookie stays at login',
    file: 'core/unit-of-work.ts',
    find: "      this.#giveLoginCookie(token, row.endsAt, order.remember)\n      this.#cookies.forget('anonymous')\n",
    replace: '      this.#giveLoginCookie(token, row.endsAt, order.remember)\n',
    test: adapters('login: a new cookie, the anonymous one gone, what is kept is there, and nothing is written on reads'),
  },
  {
    title: 'the planted twin stays at login',
    file: 'core/answer-cookies.ts',
    find: 'this.#opening[kind].duplicate ? [this.#policy.cookies[kind].clearTwin()] : []',
    replace: '[] as string[]',
    test: adapters('two login cookies of one name open nothing; the next login mends it'),
  },
  // CSRF
  {
    title: 'same-site pages are trusted',
    file: 'csrf/guard.ts',
    find: "site === 'same-origin' || site === 'none'",
    replace: "site === 'same-origin' || site === 'same-site' || site === 'none'",
    test: adapters('unsafe requests of other sites are refused; those of this one pass'),
  },
  {
    title: 'a request with neither header passes',
    file: 'csrf/guard.ts',
    find: "if (refusal === 'token' && !unit.live) return",
    replace: "if (refusal === 'token') return",
    test: adapters('unsafe requests of other sites are refused; those of this one pass'),
  },
  {
    title: 'a login needs no sign of its origin',
    file: 'csrf/guard.ts',
    find: 'unit.isVerified = refusal === undefined',
    replace: 'unit.isVerified = true',
    test: adapters('without cookie and without either header a request goes on, but may not log in unless the application says so'),
  },
  {
    title: 'a CSRF token does not depend on the session',
    file: 'core/csrf-token.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source's text
    find: 'sha256(`instar csrf ${secret}`)',
    replace: "sha256('instar csrf')",
    test: laws('a CSRF token from before the login, or after it from the other session, is worth nothing'),
  },
  {
    title: 'an exempted path is matched by its beginning',
    file: 'csrf/exemption.ts',
    find: ': path === entry',
    replace: ': path.startsWith(entry)',
    test: adapters('trusted origins and exempted paths pass; an exempted path may not log in by itself'),
  },
  // The end of the request
  {
    title: 'a store that is down looks like nobody',
    file: 'core/opening.ts',
    find: 'const row = token && (await policy.store.find(token.id))',
    replace: 'const row = token && (await policy.store.find(token.id).catch(() => undefined))',
    test: laws('a store that is down gives 503 on every path of a known visitor, and no cookie'),
  },
  {
    title: 'a lost write is a success',
    file: 'core/unit-of-work.ts',
    find: "this.#hasLostWrites = reason !== 'server_error'",
    replace: 'this.#hasLostWrites = false',
    test: adapters('a write whose session ended meanwhile is dropped, and 409 where the method is unsafe'),
  },
  {
    title: 'a forgotten await is forgotten',
    file: 'core/unit-of-work.ts',
    find: '    await Promise.all(unobserved)\n',
    replace: '    void unobserved\n',
    test: session('a failed login that nobody awaited fails the commit once, also when it failed long before'),
  },
  {
    title: 'a write after the head is taken in silence',
    file: 'core/unit-of-work.ts',
    find: '    if (this.#isClosed)\n',
    replace: '    if (this.#isClosed && Date.now() === 0)\n',
    test: adapters('once the head is gone a write or a login is refused before the store is asked'),
  },
  {
    title: 'a write while the commit is under way is lost in silence',
    file: 'core/unit-of-work.ts',
    find: 'this.#isClosed = true // What',
    replace: '// What',
    test: session('what is written after the answer was given is refused, and goes again when the commit failed'),
  },
  {
    title: 'a superseded token may write',
    file: 'core/opening.ts',
    find: "return { kind: 'superseded' }",
    replace: 'return NOBODY',
    test: laws('a superseded token may log in, but what it writes is dropped and it gets no cookie'),
  },
  {
    title: 'sloppy assignments are ignored',
    file: 'core/assignment.ts',
    find: '    set(_target, property) {\n      throw refusal(property)\n    },',
    replace: '    set() {\n      return true\n    },',
    test: session('assigning anything to a session throws, in sloppy mode too, and names set and the drop-in'),
  },
  {
    title: 'returnTo follows what a browser reads as another host',
    file: 'core/return-to.ts',
    find: '(?![/\\\\])',
    replace: '',
    test: { file: 'core/return-to.test.ts', name: 'paths that could lead elsewhere are refused' },
  },
  // Adapters
  {
    title: 'the head does not wait for the commit',
    file: 'adapters/node-response.ts',
    find: "    this.#calls.push(call)\n    return call.way === 'write' ? false : this.#response",
    replace: '    return this.#run(call)',
    test: adapters('a commit that fails throws the answer away: 503, no body of the success, no cookie'),
  },
  {
    title: 'the answer of a failed commit leaves',
    file: 'adapters/node-response.ts',
    find: '    this.#onFailure(error)\n',
    replace: '    for (const call of calls) this.#run(call)\n',
    test: adapters('a commit that fails throws the answer away: 503, no body of the success, no cookie'),
  },
  {
    title: 'headers given to writeHead replace ours',
    file: 'adapters/node-response.ts',
    find: '    if (headArgs) this.#adoptHeaders(headArgs)\n',
    replace: '',
    test: express('writeHead with Set-Cookie'),
  },
  {
    title: 'compression keeps the answer that was thrown away',
    file: 'adapters/node-response.ts',
    find: '    this.#takeOver()\n    if (Object',
    replace: '    if (Object',
    test: express("a commit that fails gives the error's answer alone, with compression after"),
  },
  {
    title: 'nobody is told to write on',
    file: 'adapters/node-response.ts',
    find: "this.#response.emit('drain')",
    replace: '{}',
    test: express('a body larger than the buffers waits for drain, before the commit and after'),
  },
  {
    title: 'a public answer carries the cookie',
    file: 'core/http.ts',
    find: "if (shared) head.set('Cache-Control', 'private, no-store')",
    replace: "if (said === undefined) head.set('Cache-Control', 'private, no-store')",
    test: adapters('an answer that sets a session cookie is never public'),
  },
  {
    title: 'the forwarded host is believed without trust',
    file: 'adapters/express-untyped.ts',
    find: "trusts?.(request.socket.remoteAddress, 0) ? request.headers['x-forwarded-host'] : undefined",
    replace: "request.headers['x-forwarded-host']",
    test: express('without trust in a proxy its headers are not believed'),
  },
]
