import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './authority.ts'
import { HOSTS } from './hosts.ts'

/** Where a stack sends people who log in by the provider, and where it changes the code that they come back with. */
export interface ProviderAddresses {
  readonly authorize: string
  /** By plain http: what servers say to each other is not attacked here. */
  readonly token: string
}

interface Closable {
  close(): unknown
  closeAllConnections(): void
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** A provider of logins by OAuth 2.0 (RFC 6749, 4.1) that believes what people say of themselves. A code is good once, and so is the token that it is changed for. */
export class Provider {
  readonly addresses: ProviderAddresses
  readonly #servers: readonly Closable[]

  private constructor(addresses: ProviderAddresses, servers: readonly Closable[]) {
    this.addresses = addresses
    this.#servers = servers
  }

  static async open(certificate: Certificate): Promise<Provider> {
    const users = new Map<string, string>() // by code
    let made = 0
    const authorize: RequestListener = (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'https://provider')
      const back = searchParams.get('redirect_uri') ?? ''
      const state = searchParams.get('state')
      const links = ['ann', 'eve'].map((user) => {
        const code = `code-${++made}`
        users.set(code, user)
        const query = new URLSearchParams({ code, ...(state !== null && { state }) })
        return `<p><a href="${escaped(`${back}?${query}`)}">I am ${user}</a></p>`
      })
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(`<!doctype html><title>The provider</title><h1>Who are you?</h1>${links.join('')}`)
    }
    const token: RequestListener = async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const code = new URLSearchParams(body).get('code') ?? ''
      const user = users.get(code)
      users.delete(code)
      response.writeHead(user === undefined ? 400 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(user === undefined ? { error: 'invalid_grant' } : { access_token: user, token_type: 'bearer' }))
    }
    const servers = [createHttps(certificate, authorize), createHttp(token)] as const
    const [forPeople, forServers] = await Promise.all(
      servers.map((server) => new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))),
    )
    return new Provider({ authorize: `https://${HOSTS.provider}:${forPeople}/`, token: `http://127.0.0.1:${forServers}/` }, servers)
  }

  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }
}
