import type { AdapterSubject } from '../adapter-subject.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { ANONYMOUS, LOGIN, storing, testCase, text } from './case.ts'

/** The attacks that the usual middleware lets through, each with the race that it needs forced by gates. */
export const attacks: readonly ConformanceCase<AdapterSubject>[] = [
  testCase(
    'attack, resurrection: slow requests that end after the logout bring nothing back',
    { '/slow': storing(text('stored')) },
    async ({ browser, store, events }) => {
      await browser.post('/login')
      const thief = browser.copy()
      const opening = store.hold('find', 'after')
      const opened = thief.sendOnly('/slow', { method: 'POST' })
      await opening.reached
      const writing = store.hold('update')
      const written = thief.sendOnly('/slow', { method: 'POST' })
      await writing.reached
      await browser.post('/logout')
      store.operations.length = 0
      opening.open()
      writing.open()
      const late = await Promise.all([opened, written])
      equal(
        late.map(({ status, setCookie }) => [status, setCookie]),
        [
          [409, []],
          [409, []],
        ],
        'status and cookies',
      )
      equal(store.operations.includes('create'), false, 'whether a row was made')
      equal((await thief.send('/who')).body, 'nobody', 'who the cookie is afterwards')
      equal(events.filter(({ type }) => type === 'session.delta_dropped').length, 2, 'how many events')
    },
  ),
  testCase(
    'attack, late cookie: an anonymous answer that arrives after the login leaves the login alone',
    { '/slow': storing(text('stored')) },
    async ({ browser, store }) => {
      const gate = store.hold('create', 'after')
      const slow = browser.sendOnly('/slow')
      await gate.reached
      await browser.post('/login')
      gate.open()
      const late = await slow
      equal(
        late.setCookie.map((cookie) => cookie.split('=', 1)[0]),
        [ANONYMOUS],
        'the cookies of the late answer',
      )
      browser.keep(late)
      equal((await browser.send('/who')).body, 'ann', 'who it is')
    },
  ),
  testCase('attack, the store refuses the login: 503, no cookie and no welcome', {}, async ({ browser, store }) => {
    const gate = store.hold('create')
    const sent = browser.post('/login')
    await gate.reached
    gate.fail(new Error('The disk is full.'))
    const { status, setCookie, body } = await sent
    equal([status, setCookie, body.includes('welcome')], [503, [], false], 'status, cookies, and whether it says welcome')
    store.breakDown()
    equal((await browser.post('/login')).status, 503, 'the status when the whole store is down')
    store.restore()
    equal([(await browser.send('/who')).body, await store.listByUser('ann')], ['nobody', []], 'who it is, and the rows of the user')
  }),
  testCase('attack, two logins at once: each is stored under an id of its own, and what was planted is neither', {}, async ({ browser, store }) => {
    await browser.send('/cart')
    const planted = browser.copy()
    const gate = store.hold('create', 'after')
    const first = browser.sendOnly('/login', { method: 'POST' })
    await gate.reached
    const second = await browser.sendOnly('/login', { method: 'POST' })
    gate.open()
    const answers = [second, await first]
    const cookies = answers.map(({ setCookie }) => setCookie.find((cookie) => cookie.startsWith(LOGIN))?.split(';', 1)[0])
    equal(
      answers.map(({ status }) => status),
      [200, 200],
      'status',
    )
    equal(new Set(cookies).size, 2, 'how many ids')
    for (const cookie of cookies) equal((await browser.another().send('/who', { headers: { cookie: cookie as string } })).body, 'ann', 'who each login is')
    for (const answer of answers) browser.keep(answer) // The one that arrives last wins.
    equal([(await browser.send('/who')).body, (await browser.send('/cart')).body], ['ann', '["tea"]'], 'who it is, and the cart')
    equal([(await planted.send('/who')).body, (await planted.send('/cart')).body], ['nobody', 'stored'], 'who the planted id is, and its cart')
  }),
  testCase(
    'attack, a forged request with neither header: refused with a session, and without one it logs nobody in',
    { '/transfer': storing(text('sent')), '/sent': (session) => text(String(session.has('x'))) },
    async ({ browser, store }) => {
      const forged = { method: 'POST', site: null } as const
      await browser.post('/login')
      await browser.send('/who') // Notes that the session is used, which later requests need not.
      store.operations.length = 0
      const { status, setCookie, body } = await browser.sendOnly('/transfer', forged)
      equal([status, setCookie, body.includes('sent'), store.operations], [403, [], false, ['find']], 'status, cookies, success, store operations')
      equal((await browser.send('/sent')).body, 'false', 'whether it was stored')
      const victim = browser.another()
      const login = await victim.send('/login', forged)
      equal([login.status, login.setCookie, (await victim.send('/who')).body], [403, [], 'nobody'], 'status and cookies of a forged login, and who it is')
    },
  ),
]
