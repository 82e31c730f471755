import { type Attack, afterPlant } from '../stage.ts'
import { NOTHING_TO_PLANT, onHelpPage, ownOfBothKinds, PLANTED_WITH_DROP_INS, scriptOf } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie planted by a script before the login',
  who: 'somebody who found a place for a script on any page of the bank (XSS)',
  story:
    'Before the bank has set a cookie in the victim’s browser, a script on one of its pages sets one that the attacker knows. HttpOnly does not help: it keeps scripts from reading a cookie, not from setting one where there is none.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await onHelpPage(stage, scriptOf(known, 'path=/; secure'))
    await tell('The victim opens the bank’s help page, where the attacker’s script sets these cookies.')
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return afterPlant(stage, known)
  },
}
