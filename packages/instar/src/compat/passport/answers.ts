import { STATUS_CODES } from 'node:http'
import { AuthenticationError } from './authentication-error.ts'
import { flash, remember } from './messages.ts'
import type { AuthenticateOptions, Next, PassportRequest, PassportResponse } from './types.ts'

/** Why a strategy refused: its challenge, for `WWW-Authenticate` where it is a string, and its status. */
export interface Failure {
  readonly challenge: unknown
  readonly status: number | undefined
}

/** Sends to an address as it stands, without a body: what strategies ask for. */
export function redirectTo(response: PassportResponse, url: string, status: number): void {
  response.setHeader('Location', url)
  response.setHeader('Content-Length', '0')
  response.statusCode = status
  response.end()
}

/** Sends to the page that an option names, in the way of the framework. */
export function sendTo(response: PassportResponse, url: string): void {
  if (typeof response.redirect === 'function') response.redirect(url)
  else redirectTo(response, url, 302)
}

/** Answers a request that every strategy refused: with a redirect where the options name a page, else with the first status that a strategy gave, or 401 and the challenges of all. */
export function answerFailure(
  request: PassportRequest,
  response: PassportResponse,
  next: Next,
  failures: readonly Failure[],
  options: AuthenticateOptions,
): void {
  const said = failures[0]?.challenge || {}
  try {
    flash(request, options.failureFlash, said, 'error')
    remember(request, options.failureMessage, said)
    if (options.failureRedirect) return sendTo(response, options.failureRedirect)
  } catch (error) {
    return next(error) // Where a strategy decides later, nobody else would catch it.
  }

  const status = failures.find((failure) => failure.status)?.status
  const challenges = failures.map(({ challenge }) => challenge).filter((challenge) => typeof challenge === 'string')
  response.statusCode = status || 401
  if (response.statusCode === 401 && challenges.length > 0) {
    try {
      response.setHeader('WWW-Authenticate', challenges)
    } catch (error) {
      return next(error) // It holds what no header may.
    }
  }
  const reason = STATUS_CODES[response.statusCode]
  if (options.failWithError) return next(new AuthenticationError(reason, status))
  response.end(reason)
}
