import { Agent, type IncomingMessage, request } from 'node:http'

const PATIENCE_MS = 1500
export const NO_ANSWER = 'no answer'
const agent = new Agent({ keepAlive: true })

/** What came back over the wire; `failure` where the connection broke. */
export interface Answer {
  readonly status: string
  /** Names as they were sent, values in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly trailers: readonly string[]
  readonly failure: string
}

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string }
}

export function send(port: number, { method, path, headers }: Sent): Promise<Answer> {
  return new Promise((resolve) => {
    let answer: IncomingMessage | undefined
    let body = ''
    const finish = (failure: string): void => resolve({ ...headOf(answer), body, failure })
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      answer = response
      response.setEncoding('latin1')
      response.on('data', (text: string) => (body += text))
      response.once('end', () => finish(''))
      response.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    })
    sent.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error(NO_ANSWER)))
    sent.end()
  })
}

export const closeConnections = (): void => agent.destroy()

function headOf(answer: IncomingMessage | undefined): Omit<Answer, 'body' | 'failure'> {
  if (!answer) return { status: 'none', headers: [], trailers: [] }
  const headers: [string, string][] = []
  for (let at = 0; at < answer.rawHeaders.length; at += 2) headers.push([answer.rawHeaders[at] as string, answer.rawHeaders[at + 1] as string])
  return { status: `${answer.statusCode} ${answer.statusMessage}`, headers, trailers: answer.rawTrailers }
}
