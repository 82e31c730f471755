import { type Attack, whoIsWho } from '../stage.ts'
import { ownAnonymous } from './plant.ts'

export const attack: Attack = {
  title: 'An id in a link',
  who: 'anybody who can send the victim a link',
  story:
    'The link leads to the real bank, but carries a session id that the attacker knows. Where the server takes ids from addresses, the victim logs in under that id.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login',
  async play(stage) {
    const { victim, tell } = stage
    const known = await ownAnonymous(stage)
    const query = new URLSearchParams([['sid', known[0]?.value ?? 'chosen'], ...known.map(({ name, value }): [string, string] => [name, value])])
    await victim.visit(`/login?${query}`)
    await tell('The victim follows the attacker’s link to the bank’s own login page.')
    await victim.fillIn('ann')
    await tell('The victim logs in.')
    return whoIsWho(stage, known)
  },
}
