import type { Session } from './session.ts'
import { contentOf, type SessionState } from './session-state.ts'
import type { SessionData } from './store.ts'

type Content = { [key: string]: unknown }

/**
 * What is to be stored where another request has stored something since: its keys, with those that this one changed. The session itself where nobody has.
 * Two that change one key: the later one wins, as ever.
 */
export function merged(session: Session, { stored }: SessionState, current: SessionData): SessionData {
  if (contentOf(current) === stored) return session
  const result: SessionData = { ...current, cookie: session.cookie }
  for (const key of changedKeys(session, stored)) {
    if (Object.hasOwn(session, key)) Object.defineProperty(result, key, { value: session[key], enumerable: true, configurable: true, writable: true })
    else delete result[key]
  }
  return result
}

/** Takes over into a session what another request has stored since. */
export function adoptChanges(session: Session, { stored }: SessionState, current: SessionData): void {
  if (contentOf(current) === stored) return
  const mine = new Set(changedKeys(session, stored))
  for (const key of new Set([...Object.keys(current), ...Object.keys(session)])) {
    if (key === 'cookie' || mine.has(key)) continue
    if (Object.hasOwn(current, key)) Object.defineProperty(session, key, { value: current[key], enumerable: true, configurable: true, writable: true })
    else delete session[key]
  }
}

/** Takes everything out of a session that it did not change itself. */
export function keepChangesAlone(session: Session, { stored }: SessionState): void {
  const mine = new Set(changedKeys(session, stored))
  for (const key of Object.keys(session)) if (key !== 'cookie' && !mine.has(key)) delete session[key]
}

function changedKeys(session: Session, stored: string): readonly string[] {
  const before = JSON.parse(stored || '{}') as Content
  const mine = JSON.parse(contentOf(session)) as Content
  const keys = new Set([...Object.keys(before), ...Object.keys(mine)])
  return [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(mine[key]))
}
