import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Random } from '../../packages/instar/test/random.ts'

/** How many pieces of data pass between two cuts, on average. */
const PIECES = 60

export interface Proxy {
  readonly port: number
  /** Whether it cuts connections at random, or lets everything pass. */
  isCutting: boolean
  /** How many connections it has cut. */
  readonly cuts: number
  close(): Promise<void>
}

/** A TCP proxy on loopback that resets connections at random points: of a request or an answer none, a part or all has passed by then. */
export async function startProxy(target: { readonly host: string; readonly port: number }, random: Random): Promise<Proxy> {
  const links = new Set<Link>()
  const server = createServer((client) => {
    const link = new Link(client, connect({ ...target, noDelay: true }))
    links.add(link)
    link.onEnd = () => links.delete(link)
    link.pump(client, link.server)
    link.pump(link.server, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const proxy = {
    port: (server.address() as AddressInfo).port,
    isCutting: false,
    cuts: 0,
    async close() {
      for (const link of links) link.cut()
      server.close()
      await once(server, 'close')
    },
  }

  class Link {
    readonly client: Socket
    readonly server: Socket
    onEnd = (): void => {}

    constructor(client: Socket, server: Socket) {
      this.client = client
      this.server = server
      client.setNoDelay(true)
    }

    pump(from: Socket, to: Socket): void {
      from.on('data', (piece) => {
        if (to.destroyed) return
        if (!proxy.isCutting || !random.chance(PIECES)) return to.write(piece)
        proxy.cuts++
        // Of what was sent nothing, a part, or the whole arrives; where it is a request that arrives whole, its answer will not.
        const passed = piece.subarray(0, random.pick([0, random.integer(piece.length), piece.length]))
        if (passed.length === 0) this.cut()
        else to.write(passed, () => this.cut())
      })
      // An error of one side is told to the other as a reset, an end as an end.
      from.on('error', () => this.cut())
      from.on('end', () => to.end())
      from.on('close', () => this.onEnd())
    }

    cut(): void {
      this.client.resetAndDestroy()
      this.server.resetAndDestroy()
      this.onEnd()
    }
  }

  return proxy
}
