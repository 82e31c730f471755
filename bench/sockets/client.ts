import { once } from 'node:events'
import { WebSocket } from 'ws'

/** An open socket, as its client sees it. */
export class Client {
  readonly userId: string
  /** How it was closed, and when by the monotonic clock. */
  end: { readonly code: number; readonly at: number } | undefined
  /** To what was asked last. */
  answer: string | undefined
  readonly #socket: WebSocket
  readonly #closed = Promise.withResolvers<void>()
  #answered = Promise.withResolvers<void>()

  /** Opens one as a page of the server's own origin does. */
  static async open(origin: string, cookie: string, userId: string): Promise<Client> {
    const socket = new WebSocket(origin.replace('http', 'ws'), { headers: { origin, cookie } })
    await once(socket, 'open')
    return new Client(socket, userId)
  }

  private constructor(socket: WebSocket, userId: string) {
    this.userId = userId
    this.#socket = socket
    socket.on('message', (message) => {
      this.answer = String(message)
      this.#answered.resolve()
    })
    socket.once('close', (code) => {
      this.end = { code, at: performance.now() }
      this.#closed.resolve()
      this.#answered.resolve()
    })
  }

  /** Asks who it belongs to; resolves when it has answered or is closed. */
  ask(): Promise<void> {
    this.answer = undefined
    if (this.end) return Promise.resolve()
    this.#answered = Promise.withResolvers()
    this.#socket.send('who')
    return this.#answered.promise
  }

  closed(): Promise<void> {
    return this.#closed.promise
  }

  leave(): void {
    this.#socket.terminate()
  }
}
