import { HOSTS } from './hosts.ts'
import type { Person } from './person.ts'

/** A cookie as the attacker knows it. */
export interface Known {
  readonly name: string
  readonly value: string
}

/** Puts cookies into a browser by its developer tools, as who sits at the machine can. */
export async function byHand(person: Person, known: readonly Known[]): Promise<void> {
  await person.context.addCookies(
    known.map(({ name, value }) => ({ name, value, url: `https://${HOSTS.app}/`, secure: true, httpOnly: true, sameSite: 'Lax' as const })),
  )
}
