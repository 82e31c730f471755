import { type Attack, mustBe } from '../stage.ts'
import { HOSTS } from '../world/hosts.ts'

export const attack: Attack = {
  title: 'A cookie read on the way',
  who: 'somebody on the way, in the same café say',
  story:
    'The bank speaks https alone, but the browser can be led to ask its host by plain http. A cookie that is not Secure goes along, for whoever is on the way to read.',
  decides: 'whom the bank takes the attacker for with what they have read',
  withDropIns: {
    verdicts: ['hijacked'],
    stacks: ['tutorial, drop-in', 'passport-05, drop-in'],
    note: 'the cookie is not Secure, as the application has it; cookie: { secure: true } ends it',
    endedOn: 'regenerate, drop-in',
  },
  async play({ app, victim, site, tell }) {
    await victim.logIn('ann')
    await mustBe(victim, 'ann')
    await tell('The victim logs in, by https.')
    const trap = site.onTheWay(HOSTS.app, {})
    await victim.visit(trap)
    const heard = site.heardAt(trap)
    await tell(
      `The victim’s browser asks the bank’s host by plain http; the attacker answers, and ${heard === undefined ? 'hears of no cookie' : 'reads the cookies that came along'}.`,
    )
    const isTaken = heard !== undefined && (await app.pageFor('/account', heard)).includes('data-user="ann"')
    return { verdict: isTaken ? 'hijacked' : 'safe' }
  },
}
