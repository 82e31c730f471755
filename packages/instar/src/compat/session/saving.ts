import { cookieNow } from './deadlines.ts'
import { csrfSecretsIn, dropSecrets, type Identity, identityOf } from './identity.ts'
import { identityKeysOf } from './identity-keys.ts'
import { type Keeper, keeperOf } from './keeper.ts'
import { adoptChanges, keepChangesAlone } from './merge.ts'
import type { Session } from './session.ts'
import { contentOf, noteLoaded, type SessionState, stateOf, storedIdentityOf } from './session-state.ts'
import type { Store } from './store.ts'
import type { Visit } from './visit.ts'
import { visitOf } from './visit-of.ts'

const ENDED = 'session_ended'

export const hasEnded = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === ENDED

const ended = (what: string): Error => Object.assign(new Error(`failed to ${what} session`), { code: ENDED })

/**
 * Stores a session, after its saves that are under way. One whose identity changed since it was stored moves to a new id, so that nobody who knew the old one is logged in, or
 * stays it; `content` is what it holds, where that is known. Rejects with `session_ended` where it has ended meanwhile; what another request has stored since is kept, but for the keys that this one changed.
 */
export function saveSession(session: Session, content?: string): Promise<void> {
  const state = stateOf(session)
  const save = state.saves ? state.saves.catch(() => {}).then(() => saveNow(session, state)) : saveNow(session, state, content)
  state.saves = save
  save.catch(() => {})
  return save
}

async function saveNow(session: Session, state: SessionState, known?: string): Promise<void> {
  const { request } = state
  const store = request.sessionStore as Store
  const keeper = keeperOf(store)
  const visit = visitOf(request)
  const identity = identityOf(session, identityKeysOf(store))
  visit?.dropOldSecrets(session)
  if (state.isStored && identity.text !== storedIdentityOf(state).text) return moveNow(session, state, identity, keeper, visit)
  const content = known ?? contentOf(session)
  const cookie = cookieNow(session)
  if (state.isStored) {
    if (!(await keeper.replace(session, state))) throw ended('save')
  } else if (!(await keeper.insert(session, state))) {
    // Its id has ended before it was used, so whoever makes ids made an old one.
    if (!visit || visit.isHeadGone) throw ended('save')
    giveId(session, state, visit.newId())
    if (!(await keeper.insert(session, state))) throw ended('save')
  }
  noteStored(session, state, { content, cookie, identity })
}

/** Stores a session whose identity changed under a new id, and ends the old one. */
async function moveNow(session: Session, state: SessionState, identity: Identity, keeper: Keeper, visit: Visit | undefined): Promise<void> {
  const before = state.id
  if (!visit || visit.isHeadGone) {
    if (identity.text !== '') throw Object.assign(new Error(TOO_LATE), { code: 'head_sent' })
    await keeper.end(before, true, false) // A logout needs no new id.
    return noteStored(session, state, { content: contentOf(session), cookie: undefined, identity }, false)
  }
  const old = new Set(csrfSecretsIn(JSON.parse(state.stored || '{}')))
  const wasNobody = storedIdentityOf(state).text === ''
  if (wasNobody) {
    const left = await keeper.load(before)
    if (left.kind === 'live') adoptChanges(session, state, left.data)
    else keepChangesAlone(session, state)
  } else {
    // The old id first, and only by who ends it: what was logged out or revoked meanwhile must not go on under another.
    const left = await keeper.end(before, true, true)
    if (!left) throw ended('save')
    adoptChanges(session, state, left)
  }
  dropSecrets(session, old)
  giveId(session, state, visit.newId())
  state.isStored = false
  const content = contentOf(session)
  const cookie = cookieNow(session)
  try {
    if (!(await keeper.insert(session, state))) throw ended('save')
  } catch (error) {
    if (wasNobody) giveId(session, Object.assign(state, { isStored: true }), before)
    throw error
  }
  noteStored(session, state, { content, cookie, identity })
  if (wasNobody) await keeper.end(before, true, false)
}

function giveId(session: Session, state: SessionState, id: string): void {
  state.id = id
  if (state.request.session === session) state.request.sessionID = id
}

interface Stored {
  readonly content: string
  readonly cookie: SessionState['cookie']
  readonly identity: Identity
}

function noteStored(session: Session, state: SessionState, { content, cookie, identity }: Stored, isStored = true): void {
  Object.assign(state, { isStored, stored: content, cookie, identity })
  visitOf(state.request)?.noteSaved(session, content)
}

const TOO_LATE =
  'The user in the session changed where its cookie can no longer change, so nothing was saved. Log in before the first byte of the response, in a request of its own.'

export async function reloadSession(session: Session): Promise<void> {
  const state = stateOf(session)
  const store = state.request.sessionStore as Store
  await state.saves?.catch(() => {})
  const kept = await keeperOf(store).load(state.id)
  if (kept.kind !== 'live') throw ended('load')
  noteLoaded(store.createSession(state.request, kept.data), kept)
}

export async function destroySession(session: Session): Promise<void> {
  const state = stateOf(session)
  const { request, id } = state
  visitOf(request)?.rememberSecrets(session)
  delete request.session
  await state.saves?.catch(() => {})
  await keeperOf(request.sessionStore as Store).end(id, state.isStored, false)
}
