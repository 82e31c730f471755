import { type Attack, whoIsWho } from '../stage.ts'
import { byHand, ownLogin } from './plant.ts'

export const attack: Attack = {
  title: 'A donated session, put in by hand',
  who: 'somebody who used the same computer before',
  story:
    'The attacker puts the cookies of their own login into the browser of a shared computer, by its developer tools. Nothing that a server can see tells them from the attacker’s own.',
  decides: 'whose account the victim is shown, without having logged in',
  limit: { verdicts: ['in the attacker’s account'], note: 'only a login that is bound to the device could tell' },
  withDropIns: { verdicts: ['in the attacker’s account'], note: 'only a login that is bound to the device could tell' },
  async play(stage) {
    const { victim, tell } = stage
    const known = await ownLogin(stage)
    await byHand(victim, known)
    await tell('On the shared computer the attacker puts these cookies into the browser.')
    const outcome = await whoIsWho(stage)
    return outcome.verdict === 'does not stick' ? { verdict: 'safe' } : outcome // The victim has not logged in.
  },
}
