import { type Attack, mustBe } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { formOf, headersOf, NO_TOKEN, ownToken } from './plant.ts'

export const attack: Attack = {
  title: 'A CSRF token fixed after the login',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'Where the secret behind the tokens is in a cookie of its own, the attacker’s secret is tossed over it while the victim is logged in, and the attacker’s token is good from then on.',
  decides: 'whether the bank has made a transfer in the victim’s name',
  async play(stage) {
    const { app, victim, attacker, site, tell } = stage
    await attacker.logIn('eve')
    const token = await ownToken(stage)
    if (token === undefined) return NO_TOKEN
    const known = await attacker.cookies()
    await tell('The attacker logs in to their own account, eve, and notes the cookies that the bank gave them, and the token in a form.')
    await victim.logIn('ann')
    await mustBe(victim, 'ann')
    await tell('The victim logs in.')
    // With the session's own cookie the request would be the attacker's; without it, it is the victim's, and the secret may be the attacker's.
    for (const tossed of [known.filter(({ name }) => /csrf/i.test(name)), known]) {
      await victim.visit(site.bait('sibling', { headers: headersOf(tossed, `Domain=${PARENT}; Path=/transfer; Secure; HttpOnly`) }))
      await victim.visit(site.bait('sibling', { html: formOf(app.url('/transfer'), { to: 'eve', _csrf: token }) }))
      await victim.page.waitForURL(`${app.origin}/**`)
    }
    await tell('The victim opens pages of the attacker’s, which set such cookies for the transfer and send the form with the attacker’s token.')
    const isForged = (await app.transfers()).some(({ from }) => from === 'ann')
    return { verdict: isForged ? 'forged' : 'safe' }
  },
}
