import { type Attack, mustBe } from '../stage.ts'

export const attack: Attack = {
  title: 'A login that leads elsewhere',
  who: 'anybody who can send the victim a link',
  story:
    'The link leads to the bank’s own login page, with an address to go on to afterwards. Where any address is taken, the victim lands on a copy of the bank that asks for the password again.',
  decides: 'on whose page the victim is after the login',
  withDropIns: { verdicts: ['led away'], note: 'where a login leads is the application’s; a look at the path ends it', endedOn: 'hardened, drop-in' },
  async play({ app, victim, site, tell }) {
    const elsewhere = site.bait('other', { html: '<p>Wrong password. Try again.</p>' })
    const { host, pathname } = new URL(elsewhere)
    const there = host + pathname
    for (const path of [elsewhere, `//${there}`, `/\\${there}`, `/\t/${there}`, `/%09/${there}`, `/%2f${there}`, `/.//${there}`, `https:${there}`]) {
      await victim.visit(`/login?returnTo=${encodeURIComponent(path)}`)
      await victim.fillIn('ann')
      if (new URL(victim.page.url()).origin !== app.origin) {
        await tell('The victim follows the attacker’s link to the bank’s login page, and logs in.')
        return { verdict: 'led away' }
      }
      await mustBe(victim, 'ann')
      await victim.logOut()
    }
    await tell('The victim follows the attacker’s links to the bank’s login page, and logs in each time.')
    return { verdict: 'safe' }
  },
}
