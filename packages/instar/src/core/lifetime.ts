import { InstarError } from './errors.ts'

/** A length of time as a person writes it: `'500ms'`, `'30s'`, `'15m'`, `'12h'`, `'30d'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

/** Every deadline that the manager hands out, in milliseconds. */
export interface Lifetimes {
  readonly anonymous: number
  readonly idle: number
  readonly absolute: number
  readonly rememberIdle: number
  readonly rememberAbsolute: number
}

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The milliseconds of a duration; a bare number is refused, because libraries disagree about its unit. */
export function milliseconds(option: string, duration: Duration): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(String(duration))
  const value = match ? Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS] : 0
  if (typeof duration === 'string' && value > 0 && Number.isSafeInteger(value)) return value
  const mend =
    typeof duration === 'number' ? `Write the unit too, such as '${duration}ms' or '30m'.` : `Write a whole number and a unit, such as '30m' or '12h'.`
  throw new InstarError('bad_option', `${option} is ${JSON.stringify(duration)}, which is not a duration. ${mend}`)
}

/** When a new row ends: `endsAt` whatever happens, `expiresAt` unless it is used. */
export function firstDeadlines(lifetimes: Lifetimes, now: number, kind: 'anonymous' | 'login' | 'remember'): { expiresAt: number; endsAt: number } {
  const absolute = { anonymous: lifetimes.anonymous, login: lifetimes.absolute, remember: lifetimes.rememberAbsolute }[kind]
  return { endsAt: now + absolute, expiresAt: now + Math.min(absolute, kind === 'anonymous' ? absolute : idleTime(lifetimes, kind === 'remember')) }
}

/** The deadline of a login that is used now; never past the absolute one. */
export const nextDeadline = (lifetimes: Lifetimes, now: number, endsAt: number, remember: boolean): number =>
  Math.min(now + idleTime(lifetimes, remember), endsAt)

/** Whether a login's use is worth noting: at its first use, then once per tenth of the idle time. */
export const isNoteworthy = (lifetimes: Lifetimes, now: number, seenAt: number | undefined, remember: boolean): boolean =>
  seenAt === undefined || now - seenAt >= idleTime(lifetimes, remember) / 10

const idleTime = (lifetimes: Lifetimes, remember: boolean): number => (remember ? lifetimes.rememberIdle : lifetimes.idle)
