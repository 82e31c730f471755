import { connect, type Socket } from 'node:net'
import { type Answer, answerIn } from './answer.ts'

const BUFFER_BYTES = 65_536

/** A keep-alive connection with one request at a time, without what a client of http would cost. */
export class Connection {
  readonly #port: number
  /** One for all that is read, so that nothing is allocated for it. */
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #socket: Socket | undefined
  #text = ''
  #answered: ((answer: Answer) => void) | undefined
  #failed: ((error: Error) => void) | undefined

  constructor(port: number) {
    this.#port = port
  }

  get isOpen(): boolean {
    return this.#socket !== undefined
  }

  /** Connects, unless it is connected. */
  open(): Promise<void> {
    if (this.#socket) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const callback = (bytes: number): boolean => {
        this.#read(this.#buffer.toString('latin1', 0, bytes))
        return true
      }
      const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true, onread: { buffer: this.#buffer, callback } }, resolve)
      this.#socket = socket
      socket.on('error', (error) => {
        reject(error)
        if (this.#socket === socket) this.#fail(error)
      })
      // An old one may say so when the next is open already.
      for (const event of ['end', 'close']) socket.once(event, () => this.#socket === socket && this.#lost())
    })
  }

  ask(bytes: Buffer, answered: (answer: Answer) => void, failed: (error: Error) => void): void {
    this.#answered = answered
    this.#failed = failed
    if (this.#socket) this.#socket.write(bytes)
    else this.#lost()
  }

  answerTo(bytes: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => this.ask(bytes, resolve, reject))
  }

  close(): void {
    this.#answered = this.#failed = undefined
    this.#socket?.destroy()
  }

  #read(text: string): void {
    this.#text += text
    try {
      const answer = answerIn(this.#text)
      if (!answer) return
      this.#text = ''
      const answered = this.#answered
      if (answer.rest !== '' || !answered) throw new Error(`The server sent more than an answer:\n${answer.rest}`)
      this.#answered = this.#failed = undefined
      answered(answer)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #lost(): void {
    this.#socket = undefined
    this.#fail(new Error('The server closed a connection before its answer.'))
  }

  #fail(error: Error): void {
    const failed = this.#failed
    this.#answered = this.#failed = undefined
    failed?.(error)
  }
}
