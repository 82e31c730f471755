import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface Site {
  readonly origin: string
  close(): Promise<void>
}

export async function listen(listener: RequestListener): Promise<Site> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** What a visitor sends besides the path. */
export interface Sent {
  readonly method?: string
  readonly form?: { readonly [field: string]: string }
  readonly headers?: { readonly [name: string]: string }
}

/** A browser as far as it is needed: keeps cookies of whatever host, follows nothing. */
export class Visitor {
  readonly origin: string
  readonly cookies: Map<string, string>

  constructor(origin: string, cookies: Iterable<readonly [string, string]> = []) {
    this.origin = origin
    this.cookies = new Map(cookies)
  }

  async go(path: string, { method, form, headers = {} }: Sent = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, this.origin), {
      method: method ?? (form ? 'POST' : 'GET'),
      redirect: 'manual',
      headers: { ...(cookie && { cookie }), ...headers },
      ...(form && { body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}
