import type { Attack } from '../stage.ts'

export const attack: Attack = {
  title: 'A login that leads elsewhere',
  who: 'anybody who can send the victim a link',
  story:
    'The link leads to the bank’s own login page, with an address to go on to afterwards. Where any address is taken, the victim lands on a copy of the bank that asks for the password again.',
  decides: 'on whose page the victim is after the login',
  withDropIns: { note: 'where a login leads is the application’s; a look at the path ends it', endedOn: 'hardened, drop-in' },
  async play({ app, victim, site, tell }) {
    const elsewhere = site.bait('other', { html: '<p>Wrong password. Try again.</p>' })
    await victim.visit(`/login?returnTo=${encodeURIComponent(elsewhere)}`)
    await victim.fillIn('ann')
    await tell('The victim follows the attacker’s link to the bank’s login page, and logs in.')
    const isLedAway = !victim.page.url().startsWith(app.origin)
    return { verdict: isLedAway ? 'led away' : 'safe' }
  },
}
