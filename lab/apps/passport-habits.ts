import type { Request } from 'express'
import type { PassportStatic } from 'passport'
import type { Habits } from './express-bank.ts'
import { bagHabits } from './session-habits.ts'

interface WithUser {
  user?: { id: string }
}

export const userOf = (request: Request): string | null => (request as unknown as WithUser).user?.id ?? null

/** What applications do that log people in by Passport. */
export function passportHabits(passport: InstanceType<PassportStatic['Passport']>): Pick<Habits, 'shown' | 'write' | 'setReturnTo' | 'returnTo'> {
  passport.serializeUser((user, done) => done(null, (user as { id: string }).id))
  passport.deserializeUser((id, done) => done(null, { id }))
  return { ...bagHabits, shown: (request) => ({ ...bagHabits.shown(request), user: userOf(request) }) }
}
