import { type Attack, whoIsWho } from '../stage.ts'
import { byHand, NOTHING_TO_PLANT, ownAnonymous } from './plant.ts'

export const attack: Attack = {
  title: 'Two logins at once under one id',
  who: 'somebody who used the same computer before',
  story: 'With a cookie that both browsers have, attacker and victim log in at the same moment. Whichever comes last decides whose session it is, for both.',
  decides: 'whom the bank takes either for',
  withDropIns: { note: 'the token of csurf was the shared session’s, which has ended with the first login; whoever comes second is asked again' },
  async play(stage) {
    const { victim, attacker, tell } = stage
    const known = await ownAnonymous(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await byHand(victim, known)
    await tell('On a shared computer the attacker puts these cookies into the browser.')
    await Promise.all([victim.logIn('ann'), attacker.logIn('eve')])
    await tell('Both log in at the same moment, each to their own account.')
    return whoIsWho(stage, known)
  },
}
