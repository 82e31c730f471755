import { type Attack, mustBe, whoIsWho } from '../stage.ts'
import { LOST } from './plant.ts'

export const attack: Attack = {
  title: 'Cookies cleared by a sibling domain',
  who: 'somebody who has another sub-domain of the bank’s site',
  story: 'An answer may tell the browser to forget all cookies of its site (Clear-Site-Data). One of a sibling takes those of the bank along.',
  decides: 'whether the victim is still logged in',
  limit: { verdicts: ['does not stick'], note: LOST },
  withDropIns: { verdicts: ['does not stick'], note: LOST },
  async play(stage) {
    const { victim, site, tell } = stage
    await victim.logIn('ann')
    await mustBe(victim, 'ann')
    await tell('The victim logs in.')
    await victim.visit(site.bait('sibling', { headers: { 'clear-site-data': '"cookies"' } }))
    await tell('The victim opens a page on the attacker’s sub-domain, which has the browser forget the site’s cookies.')
    return whoIsWho(stage)
  },
}
