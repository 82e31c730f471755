import { type Attack, whoIsWho } from '../stage.ts'
import { byHand, NOTHING_TO_PLANT, ownAnonymous } from './plant.ts'

export const attack: Attack = {
  title: 'Two logins at once under one id',
  who: 'somebody who used the same computer before',
  story: 'With a cookie that both browsers have, attacker and victim log in at the same moment. Whichever comes last decides whose session it is, for both.',
  decides: 'whom the bank takes either for',
  withDropIns: {
    verdicts: ['does not stick'],
    stacks: ['passport-07, drop-in', 'hardened, drop-in'],
    note: 'the token of csurf was the shared session’s, which has ended with the first login; whoever comes second is asked again',
  },
  async play(stage) {
    const { app, victim, attacker, tell } = stage
    const known = await ownAnonymous(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    await byHand(victim, known)
    await tell('On a shared computer the attacker puts these cookies into the browser.')
    await app.hold('/login')
    const logins = Promise.all([victim.logIn('ann'), attacker.logIn('eve')])
    logins.catch(() => {}) // It is awaited below.
    await app.arrival(2)
    await app.letGo()
    await logins
    await tell('Both log in at the same moment, each to their own account.')
    return whoIsWho(stage, known)
  },
}
