import type { SessionRequest } from './request.ts'
import type { Visit } from './visit.ts'

const VISIT = Symbol('instar.visit')

/** What the middleware knows of a request; undefined for one that it has not seen, such as that of a socket. */
export const visitOf = (request: SessionRequest): Visit | undefined => (request as { readonly [VISIT]?: Visit })[VISIT]

export const rememberVisit = (request: SessionRequest, visit: Visit): void => void Object.defineProperty(request, VISIT, { value: visit, configurable: true })
