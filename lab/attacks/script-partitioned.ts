import { type Attack, afterPlant } from '../stage.ts'
import { NOTHING_TO_PLANT, onHelpPage, ownOfBothKinds, PLANTED_WITH_DROP_INS, scriptOf } from './plant.ts'

export const attack: Attack = {
  title: 'A partitioned cookie planted by a script',
  who: 'somebody who found a place for a script on any page of the bank (XSS)',
  story:
    'A cookie with the attribute Partitioned lives in a jar of its own, so that it stands beside the bank’s cookie of the same name, and comes first where it is older.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await onHelpPage(stage, scriptOf(known, 'path=/; secure; partitioned'))
    await tell('The victim opens the bank’s help page, where the attacker’s script sets these cookies, partitioned.')
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return afterPlant(stage, known)
  },
}
