import { randomBytes } from 'node:crypto'
import type { RequestHandler, Response } from 'express'
import helmet from 'helmet'

const TWO_YEARS = 63_072_000 // seconds; hstspreload.org asks for at least one year

/** The headers that tell browsers what a page of ours may do; `response.locals.nonce` is the page's own nonce. */
export function securityHeaders({ https }: { readonly https: boolean }): RequestHandler[] {
  const giveNonce: RequestHandler = (_request, response, next) => {
    response.locals['nonce'] = randomBytes(16).toString('base64')
    next()
  }
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"], // no script at all; a page that needs one adds scriptSrc with the nonce
        styleSrc: [(_request, response) => `'nonce-${(response as Response).locals['nonce']}'`],
        imgSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
    },
    // Not no-referrer: with that browsers send forms with the Origin null, which the CSRF guard has to refuse where it sees no Sec-Fetch-Site.
    referrerPolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: https && { maxAge: TWO_YEARS, includeSubDomains: true, preload: true },
  })
  return [giveNonce, headers]
}
