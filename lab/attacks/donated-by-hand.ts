import { type Attack, whoIsWho } from '../stage.ts'
import { byHand, ownLogin } from './plant.ts'

export const attack: Attack = {
  title: 'A donated session, put in by hand',
  who: 'somebody who used the same computer before',
  story:
    'The attacker puts the cookies of their own login into the browser of a shared computer, by its developer tools. Nothing that a server can see tells them from the attacker’s own.',
  decides: 'whose account the victim is shown, without having logged in',
  withDropIns: { note: 'only a login that is bound to the device could tell' },
  async play(stage) {
    const { victim, app, tell } = stage
    const known = await ownLogin(stage)
    await byHand(victim, known)
    await tell('On the shared computer the attacker puts these cookies into the browser.')
    const { verdict } = await whoIsWho(stage)
    const isLimit = app.stack.kind === 'instar' && verdict === 'in the attacker’s account'
    return {
      verdict: verdict === 'does not stick' ? 'safe' : verdict,
      ...(isLimit && { note: 'only a login that is bound to the device could tell' }),
    }
  },
}
