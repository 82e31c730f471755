import { type Attack, whoIsWho } from '../stage.ts'
import { tossOwnLogin } from './plant.ts'

export const attack: Attack = {
  title: 'A donated session',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'The attacker logs in, and gives the victim’s browser the cookies of that login. The victim finds themselves logged in, and takes the account for their own.',
  decides: 'whose account the victim is shown, without having logged in',
  withDropIns: {
    verdicts: ['in the attacker’s account'],
    note: 'the cookie’s old name can be set from elsewhere; a name with __Host-Http- ends it',
    endedOn: 'hardened, drop-in',
  },
  async play(stage) {
    await tossOwnLogin(stage)
    const outcome = await whoIsWho(stage)
    return outcome.verdict === 'does not stick' ? { verdict: 'safe' } : outcome // The victim has not logged in.
  },
}
