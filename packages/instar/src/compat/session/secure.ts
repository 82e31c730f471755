import type { SessionRequest } from './request.ts'

/** Whether the request came over https, as far as `proxy` lets anybody say so: true believes `X-Forwarded-Proto`, undefined what Express says, false the connection alone. */
export function isSecure(request: SessionRequest, proxy: boolean | undefined): boolean {
  if ((request.socket as { encrypted?: boolean } | undefined)?.encrypted) return true
  if (proxy === false) return false
  if (proxy !== true) return request.secure === true
  const [first = ''] = String(request.headers['x-forwarded-proto'] ?? '').split(',', 1)
  return first.trim().toLowerCase() === 'https'
}
