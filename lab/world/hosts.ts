/** Where everybody lives. All names lead to this machine; browsers ask nobody. */
export const HOSTS = {
  /** The bank. */
  app: 'app.bank.test',
  /** Another sub-domain of the same site, which the attacker has. */
  sibling: 'evil.bank.test',
  /** Another site altogether. */
  other: 'prize.test',
  /** Where people have an account by which they log in elsewhere. */
  provider: 'accounts.test',
} as const

export type Host = keyof typeof HOSTS

/** What a cookie of the parent domain is for. */
export const PARENT = 'bank.test'
