import type { Handle, HandleServerError } from '@sveltejs/kit/hooks'
import { InstarError } from 'instar'
import { withSession } from 'instar/adapters/web'
import * as users from '../../../users.ts'
import { sessions } from './sessions.ts'

export const init = () => users.add('ann', 'secret')

const inSession = withSession(sessions, (_request, session, { event, resolve }: Parameters<Handle>[0]) => {
  event.locals.session = session
  return resolve(event)
})

export const handle: Handle = (input) => inSession(input.event.request, input)

/** Gives an error of Instar the status that it stands for, such as 401 where a page needs a login; SvelteKit alone makes a 500 of it. */
export const handleError: HandleServerError = ({ kind, error }) => {
  if (error instanceof InstarError && error.expose) return { status: error.status, message: error.message }
  if (kind === 'unknown') console.error(error)
  if (error instanceof InstarError) return { status: error.status }
}
