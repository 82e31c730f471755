import type { Attack } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { formOf, headersOf, NO_TOKEN, ownToken } from './plant.ts'

export const attack: Attack = {
  title: 'A CSRF token fixed before the login',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'The secret behind the tokens of the bank’s forms is planted with an anonymous session that the attacker has a token of. If that secret lives on through the login, the token is good for the victim’s requests.',
  decides: 'whether the bank has made a transfer in the victim’s name',
  async play(stage) {
    const { app, victim, attacker, site, tell } = stage
    await attacker.chooseLanguage()
    const token = await ownToken(stage)
    if (token === undefined) return NO_TOKEN
    const known = await attacker.cookies()
    await tell('The attacker opens the bank, chooses a language, and notes the cookies and the token in its form.')
    await victim.visit(site.bait('sibling', { headers: headersOf(known, `Domain=${PARENT}; Path=/login; Secure; HttpOnly`) }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets these cookies for the login page.')
    await victim.logIn('ann')
    if ((await victim.who()) !== 'ann') return { verdict: 'does not stick' }
    await tell('The victim logs in.')
    await victim.visit(site.bait('sibling', { html: formOf(app.url('/transfer'), { to: 'eve', _csrf: token }) }))
    await victim.page.waitForURL(`${app.origin}/**`)
    await tell('The victim opens another page of the attacker’s, which sends the transfer form with the attacker’s token.')
    const isForged = (await app.transfers()).some(({ from }) => from === 'ann')
    return { verdict: isForged ? 'forged' : 'safe' }
  },
}
