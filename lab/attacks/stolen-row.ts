import type { Attack } from '../stage.ts'
import { byHand } from './plant.ts'

/** Every text in what was stolen. */
function textsIn(stolen: unknown): string[] {
  if (typeof stolen === 'string') {
    try {
      return [stolen, ...textsIn(JSON.parse(stolen))]
    } catch {
      return [stolen]
    }
  }
  if (typeof stolen !== 'object' || stolen === null) return []
  return Object.entries(stolen).flatMap(([key, value]) => [key, ...textsIn(value)])
}

export const attack: Attack = {
  title: 'A stolen database',
  who: 'somebody who read a backup, a log or the table of sessions',
  story: 'The attacker has a copy of all that the bank keeps of its sessions, and tries each text in it as a cookie.',
  decides: 'whom the bank takes the attacker for with any of them',
  async play({ app, victim, attacker, tell }) {
    await victim.logIn('ann')
    const names = (await victim.cookies()).map(({ name }) => name)
    const stolen = await app.rows()
    await tell('The victim logs in, and the attacker gets a copy of the table of sessions.')
    if (stolen === null) return { verdict: 'not possible', note: 'the server keeps nothing of its sessions' }
    const texts = [...new Set(textsIn(stolen))].filter((text) => /^[\w.:-]{16,128}$/.test(text))
    const guesses = [...texts, ...texts.flatMap((one) => texts.map((other) => `${one}.${other}`))]
    for (const value of guesses) {
      const page = await app.pageFor('/account', names.map((name) => `${name}=${value}`).join('; '))
      if (page.includes('data-user="ann"')) {
        await byHand(
          attacker,
          names.map((name) => ({ name, value })),
        )
        await attacker.visit('/account')
        await tell('One of the texts in it is the victim’s login.')
        return { verdict: 'hijacked' }
      }
    }
    await tell(`None of ${guesses.length} texts, and pairs of them, opens anything.`)
    return { verdict: 'safe' }
  },
}
