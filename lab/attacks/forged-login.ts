import { passwordOf } from '../apps/bank.ts'
import { type Attack, whoIsWho } from '../stage.ts'
import { formOf, UNGUARDED } from './plant.ts'

export const attack: Attack = {
  title: 'A forged login',
  who: 'any web page that the victim opens',
  story:
    'A page of another site sends the bank’s login form by itself, with the attacker’s own name and password. The victim goes on in the attacker’s account, and what they enter there the attacker reads later.',
  decides: 'whose account the victim is shown',
  withDropIns: {
    verdicts: ['in the attacker’s account'],
    stacks: UNGUARDED,
    note: 'the application has no protection against forged requests; csurf ends it, and its secret does not outlive a login any more',
    endedOn: 'hardened, drop-in',
  },
  async play(stage) {
    const { app, victim, site, tell } = stage
    const html = formOf(app.url('/login'), { name: 'eve', password: passwordOf('eve') })
    await victim.visit(site.bait('other', { html }))
    await victim.page.waitForURL(`${app.origin}/**`)
    await tell('The victim opens a page of another site, which sends the bank’s login form with the attacker’s name and password.')
    const outcome = await whoIsWho(stage)
    return outcome.verdict === 'does not stick' ? { verdict: 'safe' } : outcome // Nobody wanted to log in.
  },
}
