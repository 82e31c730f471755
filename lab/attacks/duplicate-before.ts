import { type Attack, whoIsWho } from '../stage.ts'
import { tossOwnLogin } from './plant.ts'

export const attack: Attack = {
  title: 'Two cookies of one name, the attacker’s first',
  who: 'somebody who has another sub-domain of the bank’s site',
  story: 'The attacker’s own login is tossed to the whole site before the victim logs in. The older cookie is sent first, and most servers take the first.',
  decides: 'whose account the victim is shown after their login',
  withDropIns: {
    verdicts: ['does not stick'],
    note: 'the cookie’s old name can be set from elsewhere, and two cookies of one name open nothing; a name with __Host-Http- ends it',
    endedOn: 'hardened, drop-in',
  },
  async play(stage) {
    const { victim, tell } = stage
    await tossOwnLogin(stage)
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return whoIsWho(stage)
  },
}
