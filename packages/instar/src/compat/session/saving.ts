import { dropCsrfSecrets, IDENTITY_KEYS, identityOf } from './identity.ts'
import { keeperOf } from './keeper.ts'
import type { Session } from './session.ts'
import { contentOf, stateOf } from './session-state.ts'
import type { Store } from './store.ts'
import { visitOf } from './visit-of.ts'

const ENDED = 'session_ended'

export const hasEnded = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === ENDED

const ended = (what: string): Error => Object.assign(new Error(`failed to ${what} session`), { code: ENDED })

/**
 * Stores a session. One whose identity changed since it was stored moves to a new id first, so that nobody who knew the old one is logged in, or stays it. Rejects with
 * `session_ended` where it has ended meanwhile; what another request has stored since is kept, but for the keys that this one changed.
 */
export async function saveSession(session: Session): Promise<void> {
  const state = stateOf(session)
  const { request } = state
  const visit = visitOf(request)
  const keeper = keeperOf(request.sessionStore as Store)
  const identity = identityOf(session, visit?.settings.identityKeys ?? IDENTITY_KEYS)
  const before = state.id
  const moves = state.isStored && identity.text !== state.identity.text
  if (moves) {
    if (!visit || visit.isHeadGone) throw Object.assign(new Error(TOO_LATE), { code: 'head_sent' })
    dropCsrfSecrets(session)
    state.id = visit.newId()
    state.isStored = false
    request.sessionID = state.id
  }
  visit?.dropOldSecrets(session)
  const content = contentOf(session)
  try {
    if (!state.isStored) await keeper.insert(session, state)
    else if (!(await keeper.replace(session, state))) throw ended('save')
  } catch (error) {
    if (moves) {
      Object.assign(state, { id: before, isStored: true })
      request.sessionID = before
    }
    throw error
  }
  Object.assign(state, { isStored: true, stored: content, identity })
  visit?.noteSaved(session, content)
  if (moves) await keeper.end(before, true)
}

const TOO_LATE =
  'The user in the session changed where its cookie can no longer change, so nothing was saved. Log in and out before the first byte of the response, in a request of its own.'

export async function reloadSession(session: Session): Promise<void> {
  const { request, id } = stateOf(session)
  const store = request.sessionStore as Store
  const loaded = await keeperOf(store).load(id)
  if (!loaded) throw ended('load')
  adopt(store.createSession(request, loaded.data), loaded.mark, visitOf(request)?.settings.identityKeys)
}

export async function destroySession(session: Session): Promise<void> {
  const { request, id, isStored } = stateOf(session)
  visitOf(request)?.rememberSecrets(session)
  delete request.session
  await keeperOf(request.sessionStore as Store).end(id, isStored)
}

/** Notes that a session is as the store has it. */
export function adopt(session: Session, mark: unknown, identityKeys: readonly string[] = IDENTITY_KEYS): Session {
  Object.assign(stateOf(session), { isStored: true, stored: contentOf(session), identity: identityOf(session, identityKeys), mark })
  return session
}
