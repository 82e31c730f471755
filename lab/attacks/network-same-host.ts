import { type Attack, afterPlant } from '../stage.ts'
import { HOSTS } from '../world/hosts.ts'
import { headersOf, NOTHING_TO_PLANT, ownOfBothKinds, PLANTED_WITH_DROP_INS } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie set over plain http, in the bank’s name',
  who: 'somebody on the way, in the same café say',
  story:
    'The bank speaks https alone, but the browser can be led to ask its host by plain http, and whoever is on the way answers in its place, with a cookie.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await victim.visit(site.onTheWay(HOSTS.app, { headers: headersOf(known, 'Path=/') }))
    await tell('The victim’s browser asks the bank’s host by plain http; the attacker answers, and sets these cookies.')
    await victim.logIn('ann')
    await tell('The victim logs in, by https.')
    return afterPlant(stage, known)
  },
}
