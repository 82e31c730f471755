import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { listen, type Site } from './site.ts'

/** A small OAuth 2.0 and OpenID Connect provider: it asks nobody anything, checks what RFC 6749, RFC 7636 and OpenID Connect ask it to check, and gives a code away once. */
export interface Provider extends Site {
  /** What came to the token endpoint, in order. */
  readonly exchanges: readonly URLSearchParams[]
}

interface Grant {
  readonly redirectUri: string
  readonly nonce: string | null
  readonly challenge: string | null
}

export const CLIENT = { id: 'client', secret: 'secret of the client' }

export async function startProvider(): Promise<Provider> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const grants = new Map<string, Grant>()
  const exchanges: URLSearchParams[] = []
  let origin = ''

  const idToken = (nonce: string | null): string => {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: origin, sub: 'ann', aud: CLIENT.id, exp: now + 60, iat: now, ...(nonce && { nonce }) }
    const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
  }

  const token = (form: URLSearchParams): object | undefined => {
    exchanges.push(form)
    const code = form.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    if (!grant || form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret || form.get('redirect_uri') !== grant.redirectUri)
      return undefined
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (grant.challenge && grant.challenge !== challenge) return undefined
    return { access_token: 'token of ann', token_type: 'Bearer', expires_in: 60, id_token: idToken(grant.nonce) }
  }

  const site = await listen(async (request, response) => {
    const url = new URL(request.url as string, origin)
    const json = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (url.pathname === '/authorize') {
      const asked = url.searchParams
      const code = randomUUID()
      grants.set(code, { redirectUri: asked.get('redirect_uri') as string, nonce: asked.get('nonce'), challenge: asked.get('code_challenge') })
      const back = new URL(asked.get('redirect_uri') as string)
      back.searchParams.set('code', code)
      if (asked.has('state')) back.searchParams.set('state', asked.get('state') as string)
      return void response.writeHead(302, { location: back.href }).end()
    }
    if (url.pathname === '/token') {
      const answer = token(new URLSearchParams(await bodyOf(request)))
      return answer ? json(200, answer) : json(400, { error: 'invalid_grant' })
    }
    const bearer = request.headers.authorization?.replace(/^Bearer /, '') ?? url.searchParams.get('access_token')
    if (bearer !== 'token of ann') return json(401, { error: 'invalid_token' })
    if (url.pathname === '/userinfo') return json(200, { sub: 'ann', name: 'Ann', email: 'ann@example.org', email_verified: true })
    if (url.pathname === '/github') return json(200, { id: 7, login: 'ann', name: 'Ann' })
    if (url.pathname === '/github/emails') return json(200, [{ email: 'ann@example.org', primary: true, verified: true }])
    json(404, {})
  })
  origin = site.origin
  return { ...site, exchanges }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
