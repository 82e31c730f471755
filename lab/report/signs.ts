import type { Verdict } from '../verdict.ts'

/** A letter for each verdict, so that no colour is needed to read it, and a key for its colour. */
export const SIGNS: { readonly [verdict in Verdict]: { readonly sign: string; readonly key: string } } = {
  hijacked: { sign: 'H', key: 'bad' },
  forged: { sign: 'F', key: 'bad' },
  'in the attacker’s account': { sign: 'A', key: 'bad' },
  seen: { sign: 'S', key: 'bad' },
  'led away': { sign: 'L', key: 'bad' },
  marked: { sign: 'M', key: 'odd' },
  'does not stick': { sign: 'D', key: 'odd' },
  safe: { sign: '✓', key: 'good' },
  'not possible': { sign: '–', key: 'none' },
}
