import type { Remainder, Stage } from '../stage.ts'
import { byHand, type Known } from '../world/by-hand.ts'
import { PARENT } from '../world/hosts.ts'

export { byHand }

/** What the bank gave the attacker's own browser before any login; empty where it gives nothing then. */
export async function ownAnonymous({ attacker, tell }: Stage): Promise<readonly Known[]> {
  await attacker.chooseLanguage()
  await tell('The attacker opens the bank, chooses a language, and notes the cookies that the bank gave them.')
  return attacker.cookies()
}

/** The same, and what the bank gives with a login to the attacker's own account, where that is in a cookie of another name: of all that is tried here Instar alone has two. */
export async function ownOfBothKinds(stage: Stage): Promise<readonly Known[]> {
  const anonymous = await ownAnonymous(stage)
  if (stage.app.stack.kind !== 'instar') return anonymous
  const elsewhere = await stage.attacker.another()
  await elsewhere.logIn('eve')
  const login = (await elsewhere.cookies()).filter(({ name }) => !anonymous.some((known) => known.name === name))
  await elsewhere.leave()
  await stage.tell('In another browser the attacker logs in to their own account, eve, and notes the cookies of that too.')
  return [...anonymous, ...login]
}

/** What the bank gave the attacker's own browser with a login to their own account. */
export async function ownLogin({ attacker, tell }: Stage): Promise<readonly Known[]> {
  await attacker.logIn('eve')
  await tell('The attacker logs in to their own account, eve, and notes the cookies that the bank gave them.')
  return attacker.cookies()
}

/** The token in the first form that the attacker has before them. */
export async function ownToken({ attacker }: Stage): Promise<string | undefined> {
  const field = attacker.page.locator('input[name=_csrf]').first()
  return (await field.count()) > 0 ? field.inputValue() : undefined
}

export const NO_TOKEN = { verdict: 'not possible', note: 'its forms carry no token; see the forged request' } as const

/** A `Set-Cookie` header for each. */
export const headersOf = (known: readonly Known[], attributes: string): { readonly 'set-cookie': readonly string[] } => ({
  'set-cookie': known.map(({ name, value }) => `${name}=${value}; ${attributes}`),
})

/** Has the victim's browser take the cookies of the attacker's own login from a sibling, for the whole site. */
export async function tossOwnLogin(stage: Stage): Promise<void> {
  const { victim, site, tell } = stage
  const known = await ownLogin(stage)
  await victim.visit(site.bait('sibling', { headers: headersOf(known, `Domain=${PARENT}; Path=/; Secure; HttpOnly`) }))
  await tell('The victim opens a page on the attacker’s sub-domain, which sets the cookies of the attacker’s login for the whole site.')
}

/** A script that sets each by `document.cookie`. */
export const scriptOf = (known: readonly Known[], attributes: string): string =>
  known.map(({ name, value }) => `document.cookie = ${JSON.stringify(`${name}=${value}; ${attributes}`)}`).join(';')

/** Opens a page of the bank's own origin that no session has to do with, such as a help page, where the attacker has found a place for a script. */
export async function onHelpPage({ app, victim }: Stage, script: string): Promise<void> {
  const address = app.url('/help.html')
  await victim.page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Help</title><h1>Help</h1>' }))
  await victim.visit(address)
  await victim.page.evaluate(script)
}

/** A page that sends a form by itself. */
export const formOf = (action: string, fields: { readonly [name: string]: string }): string =>
  `<form method="post" action="${action}">${Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join('')}</form><script>document.forms[0].submit()</script>`

/** What is left with the drop-ins where cookies of an application's old names can be planted. */
export const PLANTED_WITH_DROP_INS: Remainder = {
  verdicts: ['marked', 'does not stick'],
  note: 'the cookie’s old name can be set from elsewhere: what stands in a session before its login comes along, and two cookies of one name open nothing; a name with __Host-Http- ends both',
  endedOn: 'hardened, drop-in',
}

/** The stacks with a drop-in whose applications look at no forged request. */
export const UNGUARDED = ['tutorial, drop-in', 'regenerate, drop-in', 'passport-05, drop-in']

/** What no server can help. */
export const LOST = 'the browser can be made to lose the cookie, and its owner is logged out'

export const NOTHING_TO_PLANT = { verdict: 'not possible', note: 'the bank gives no cookie that could be planted' } as const
