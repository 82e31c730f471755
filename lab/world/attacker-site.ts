import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './authority.ts'
import { HOSTS } from './hosts.ts'

/** What an address of the attacker's answers. */
export interface Bait {
  readonly headers?: { readonly [name: string]: string | readonly string[] }
  /** What stands in the page; a script of it is the attacker's. */
  readonly html?: string
}

interface Closable {
  close(): unknown
  closeAllConnections(): void
}

interface Ports {
  readonly https: number
  readonly http: number
}

/**
 * What the attacker has on the network: a web server on each host that is theirs, and, for who sits on the way, one that answers plain http for any host. Each address is
 * used by one play alone.
 */
export class AttackerSite {
  readonly #baits = new Map<string, Bait>()
  readonly #heard = new Map<string, string>()
  readonly #servers: readonly Closable[]
  readonly #ports: Ports
  #made = 0

  private constructor(servers: readonly Closable[], ports: Ports) {
    this.#servers = servers
    this.#ports = ports
  }

  static async open(certificate: Certificate): Promise<AttackerSite> {
    let site: AttackerSite | undefined
    const answer = (request: IncomingMessage, response: ServerResponse): void => site?.answer(request, response)
    const https = createHttps(certificate, answer)
    const http = createHttp(answer)
    const port = (server: typeof http | typeof https): Promise<number> =>
      new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
    site = new AttackerSite([https, http], { https: await port(https), http: await port(http) })
    return site
  }

  /** Puts a bait on one of the attacker's hosts, over https. */
  bait(host: 'sibling' | 'other', bait: Bait): string {
    return `https://${HOSTS[host]}:${this.#ports.https}${this.#put(bait)}`
  }

  /** Answers for any host in the place of its owner, as somebody on the way can where a browser speaks plain http. */
  onTheWay(host: string, bait: Bait): string {
    return `http://${host}:${this.#ports.http}${this.#put(bait)}`
  }

  #put(bait: Bait): string {
    const path = `/${++this.#made}`
    this.#baits.set(path, bait)
    return path
  }

  /** The `Cookie` header that came with a request for one of the baits; undefined where none came. */
  heardAt(bait: string): string | undefined {
    return this.#heard.get(new URL(bait).pathname)
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').replace(/[?#].*/, '')
    const bait = this.#baits.get(path)
    if (!bait) return void response.writeHead(404).end()
    if (request.headers.cookie !== undefined) this.#heard.set(path, request.headers.cookie)
    // The byte 0xA0 in a cookie's name leaves as it is: headers are latin1.
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(bait.headers as { [name: string]: string | string[] }) })
    response.end(`<!doctype html><title>You have won</title><h1>You have won a prize</h1><p>One moment, please …</p>${bait.html ?? ''}`)
  }

  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }
}
