import { type Attack, afterPlant } from '../stage.ts'
import { byHand, NOTHING_TO_PLANT, ownAnonymous } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie planted by hand before the login',
  who: 'somebody who used the same computer before',
  story:
    'The attacker puts a cookie that they know into the browser of a shared computer, by its developer tools. Later the victim logs in there, under an id that the attacker knows.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login',
  limit: { verdicts: ['marked'], note: 'values under keys that the application names in keep come along, whoever wrote them' },
  withDropIns: {
    verdicts: ['marked', 'does not stick'],
    note: 'what stood in a session before its login comes along, as with the original; regenerate at the login leaves it behind',
    endedOn: 'hardened, drop-in',
  },
  async play(stage) {
    const { victim, tell } = stage
    const known = await ownAnonymous(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await byHand(victim, known)
    await tell('On the shared computer the attacker puts these cookies into the browser.')
    await victim.logIn('ann')
    await tell('The victim logs in on that computer.')
    return afterPlant(stage, known)
  },
}
