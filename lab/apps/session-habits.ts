import type { Request } from 'express'
import type { Habits } from './express-bank.ts'

/** A session as an object that one writes into, as express-session, cookie-session and their like have it. */
interface Bag {
  user?: string | null
  language?: string
  note?: string
  news?: string
  returnTo?: string
}

export const bagOf = (request: Request): Bag => (request as unknown as { session: Bag }).session

/** What applications do that write into `req.session`. The path to return to is believed, as in most tutorials. */
export const bagHabits: Pick<Habits, 'shown' | 'write' | 'setReturnTo' | 'returnTo'> = {
  shown(request) {
    const { user = null, language, note } = bagOf(request) ?? {}
    return { user, language, note }
  },
  write(request, key, value) {
    bagOf(request)[key] = value
  },
  setReturnTo(request, path) {
    bagOf(request).returnTo = path
  },
  returnTo: (request) => bagOf(request).returnTo ?? '/account',
}
