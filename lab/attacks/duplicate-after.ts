import { type Attack, whoIsWho } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { headersOf, ownLogin } from './plant.ts'

export const attack: Attack = {
  title: 'Two cookies of one name, the attacker’s with a longer path',
  who: 'somebody who has another sub-domain of the bank’s site',
  story: 'The victim is logged in already. The attacker’s own login is tossed for the path of the account page, where it is sent before the victim’s.',
  decides: 'whose account the victim is shown',
  withDropIns: {
    verdicts: ['does not stick'],
    note: 'the cookie’s old name can be set from elsewhere, and two cookies of one name open nothing; a name with __Host-Http- ends it',
    endedOn: 'hardened, drop-in',
  },
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownLogin(stage)
    await victim.logIn('ann')
    await tell('The victim logs in.')
    await victim.visit(site.bait('sibling', { headers: headersOf(known, `Domain=${PARENT}; Path=/account; Secure; HttpOnly`) }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets the cookies of the attacker’s login for the account page.')
    return whoIsWho(stage)
  },
}
