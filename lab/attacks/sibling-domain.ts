import { type Attack, afterPlant } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { NOTHING_TO_PLANT, ownOfBothKinds, PLANTED_WITH_DROP_INS, scriptOf } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie tossed by a sibling domain',
  who: 'somebody who has another sub-domain of the bank’s site, or found a hole in it',
  story: 'Cookies belong to a whole site: a page on one sub-domain may set a cookie for all the others, under the name that the bank uses.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await victim.visit(site.bait('sibling', { html: `<script>${scriptOf(known, `domain=${PARENT}; path=/; secure`)}</script>` }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets these cookies for the whole site.')
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return afterPlant(stage, known)
  },
}
