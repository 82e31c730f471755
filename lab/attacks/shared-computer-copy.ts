import { type Attack, whoIsWho } from '../stage.ts'
import { byHand } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie copied before the login',
  who: 'somebody who used the same computer before',
  story:
    'The attacker opens the bank on a shared computer, copies its cookies, and leaves. Later the victim logs in there. If the bank goes on with the same id, the copy is now the victim’s login.',
  decides: 'whom the bank takes the attacker’s copy for after the victim’s login',
  async play(stage) {
    const { victim, attacker, tell } = stage
    await victim.chooseLanguage()
    const copied = await victim.cookies()
    await byHand(attacker, copied)
    await tell('On the shared computer the attacker opens the bank and copies its cookies.')
    await victim.logIn('ann')
    await tell('The victim logs in on that computer.')
    return whoIsWho(stage, copied)
  },
}
