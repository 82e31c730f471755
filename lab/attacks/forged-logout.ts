import { type Attack, mustBe, whoIsWho } from '../stage.ts'
import { formOf, UNGUARDED } from './plant.ts'

export const attack: Attack = {
  title: 'A forged logout',
  who: 'somebody who has another sub-domain of the bank’s site',
  story: 'While the victim is logged in, a page of the sibling sends the bank’s logout form by itself.',
  decides: 'whether the victim is still logged in',
  withDropIns: {
    verdicts: ['does not stick'],
    stacks: UNGUARDED,
    note: 'the application has no protection against forged requests; csurf ends it, and its secret does not outlive a login any more',
    endedOn: 'hardened, drop-in',
  },
  async play(stage) {
    const { app, victim, site, tell } = stage
    await victim.logIn('ann')
    await mustBe(victim, 'ann')
    await tell('The victim logs in.')
    await victim.visit(site.bait('sibling', { html: formOf(app.url('/logout'), {}) }))
    await victim.page.waitForURL(`${app.origin}/**`)
    await tell('The victim opens a page on the attacker’s sub-domain, which sends the logout form.')
    return whoIsWho(stage)
  },
}
