import { type Attack, afterPlant } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { headersOf, NOTHING_TO_PLANT, ownOfBothKinds, PLANTED_WITH_DROP_INS } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie tossed by a sibling domain for the login page alone',
  who: 'somebody who has another sub-domain of the bank’s site, or found a hole in it',
  story: 'A cookie with a longer path goes first. One for the path of the login page is sent with the login, and with nothing else, so that nobody notices it.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await victim.visit(site.bait('sibling', { headers: headersOf(known, `Domain=${PARENT}; Path=/login; Secure`) }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets these cookies for the bank’s login page.')
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return afterPlant(stage, known)
  },
}
