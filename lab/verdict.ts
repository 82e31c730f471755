/** How a play ended, from the worst. */
export const VERDICTS = {
  hijacked: 'the attacker is in the victim’s account',
  forged: 'the attacker acted in the victim’s name',
  'in the attacker’s account': 'the victim is in the attacker’s account, and takes it for their own',
  seen: 'the next person at the computer sees the victim’s account',
  'led away': 'the victim was sent to the attacker’s site by the bank',
  marked: 'what the attacker wrote stands in the victim’s session',
  'does not stick': 'the victim cannot log in, or is logged out',
  safe: 'nothing came of it',
  'not possible': 'there is nothing to attack',
} as const

export type Verdict = keyof typeof VERDICTS

export interface Outcome {
  readonly verdict: Verdict
  /** What more there is to say: why it is not possible, or which limit that is. */
  readonly note?: string
}

export const isSafe = (verdict: Verdict): boolean => verdict === 'safe' || verdict === 'not possible'
