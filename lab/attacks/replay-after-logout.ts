import { type Attack, mustBe, whoIsWho } from '../stage.ts'
import { byHand } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie replayed after the logout',
  who: 'somebody who got hold of the victim’s cookie while they were logged in',
  story: 'A logout that only clears the browser’s cookie leaves every copy of it good.',
  decides: 'whom the bank takes the attacker’s copy for after the victim’s logout',
  async play(stage) {
    const { victim, attacker, tell } = stage
    await victim.logIn('ann')
    await byHand(attacker, await victim.cookies())
    await mustBe(attacker, 'ann')
    await tell('The victim logs in, and the attacker gets a copy of the cookies.')
    await victim.logOut()
    await tell('The victim logs out.')
    const { verdict } = await whoIsWho(stage)
    return { verdict: verdict === 'does not stick' ? 'safe' : verdict }
  },
}
