import { type Attack, mustBe } from '../stage.ts'
import { formOf, UNGUARDED } from './plant.ts'

export const attack: Attack = {
  title: 'A forged request',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'While the victim is logged in, a page of the sibling sends the bank’s transfer form by itself. SameSite does not help: a sibling is the same site, so the cookies go along.',
  decides: 'whether the bank has made a transfer in the victim’s name',
  withDropIns: {
    verdicts: ['forged'],
    stacks: UNGUARDED,
    note: 'the application has no protection against forged requests; csurf ends it, and its secret does not outlive a login any more',
    endedOn: 'hardened, drop-in',
  },
  async play({ app, victim, site, tell }) {
    await victim.logIn('ann')
    await mustBe(victim, 'ann')
    await tell('The victim logs in.')
    const form = formOf(app.url('/transfer'), { to: 'eve' })
    await victim.visit(site.bait('sibling', { html: form }))
    await victim.page.waitForURL(`${app.origin}/**`)
    await tell('The victim opens a page on the attacker’s sub-domain, which sends the transfer form.')
    const frame = `<iframe sandbox="allow-scripts allow-forms allow-top-navigation" srcdoc="${form.replaceAll('"', '&quot;').replace('<form ', '<form target=&quot;_top&quot; ')}"></iframe>`
    await victim.visit(site.bait('sibling', { html: frame }))
    await victim.page.waitForURL(`${app.origin}/**`)
    await tell('Another page there sends it from a frame that hides where it comes from (Origin: null).')
    const isForged = (await app.transfers()).some(({ from }) => from === 'ann')
    return { verdict: isForged ? 'forged' : 'safe' }
  },
}
