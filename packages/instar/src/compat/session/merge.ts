import type { Session } from './session.ts'
import { contentOf, type SessionState } from './session-state.ts'
import type { SessionData } from './store.ts'

type Content = { [key: string]: unknown }

/**
 * What is to be stored where another request has stored something since: its keys, with those that this one changed. The session itself where nobody has.
 * Two that change one key: the later one wins, as ever.
 */
export function merged(session: Session, { stored }: SessionState, current: SessionData): SessionData {
  const now = contentOf(current)
  if (now === stored) return session
  const before = JSON.parse(stored || '{}') as Content
  const mine = JSON.parse(contentOf(session)) as Content
  const result: Content = JSON.parse(now)
  for (const key of new Set([...Object.keys(before), ...Object.keys(mine)])) {
    if (JSON.stringify(before[key]) === JSON.stringify(mine[key])) continue
    if (key in mine) Object.defineProperty(result, key, { value: mine[key], enumerable: true, configurable: true, writable: true })
    else delete result[key]
  }
  return { ...result, cookie: session.cookie }
}
