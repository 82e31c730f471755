import { type Attack, afterPlant } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { headersOf, NOTHING_TO_PLANT, ownOfBothKinds, PLANTED_WITH_DROP_INS } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie set over plain http, in the name of another sub-domain',
  who: 'somebody on the way, in the same café say',
  story: 'Whoever is on the way answers for any sub-domain, also for one that does not exist, and sets a cookie for the whole site.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await victim.visit(site.onTheWay(`nowhere.${PARENT}`, { headers: headersOf(known, `Domain=${PARENT}; Path=/login`) }))
    await tell('The victim’s browser asks a sub-domain by plain http; the attacker answers, and sets these cookies for the whole site.')
    await victim.logIn('ann')
    await tell('The victim logs in, by https.')
    return afterPlant(stage, known)
  },
}
