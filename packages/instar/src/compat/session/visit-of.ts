import type { SessionRequest } from './request.ts'
import type { Visit } from './visit.ts'

const visits = new WeakMap<SessionRequest, Visit>()

/** What the middleware knows of a request; undefined for one that it has not seen, such as that of a socket. */
export const visitOf = (request: SessionRequest): Visit | undefined => visits.get(request)

export const rememberVisit = (request: SessionRequest, visit: Visit): void => void visits.set(request, visit)
