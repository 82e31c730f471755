import type { Connection } from './connection.ts'
import type { Prepared } from './request.ts'

/** What a connection asks next; undefined when it has nothing left. */
export type Plan = (connection: number, turn: number) => Prepared | undefined

export interface Played {
  readonly requests: number
  readonly seconds: number
  /** Of every request, in microseconds, in no order. */
  readonly latencies: readonly number[]
  /** Of every answer, in the order of the requests, where they were asked for. */
  readonly heads: readonly string[]
}

export interface PlayOptions {
  /** No request begins later. */
  readonly milliseconds?: number
  readonly keepHeads?: boolean
}

/** Plays a plan on connections at once, each with one request at a time. Rejects at the first answer that is not the expected one. */
export function play(
  connections: readonly Connection[],
  plan: Plan,
  { milliseconds = Number.POSITIVE_INFINITY, keepHeads = false }: PlayOptions = {},
): Promise<Played> {
  const { promise, resolve, reject } = Promise.withResolvers<Played>()
  const latencies: number[] = []
  const heads: string[] = []
  const start = performance.now()
  const deadline = start + milliseconds
  let requests = 0
  let busy = connections.length
  const turns = connections.map(() => 0)

  const turn = (at: number): number => {
    const now = turns[at] ?? 0
    turns[at] = now + 1
    return now
  }
  const next = (at: number, now: number): void => {
    const connection = connections[at] as Connection
    const request = now < deadline ? plan(at, turn(at)) : undefined
    if (!request) {
      if (--busy === 0) resolve({ requests, seconds: (performance.now() - start) / 1000, latencies, heads })
      return
    }
    const nth = requests++
    connection.ask(
      request.bytes,
      ({ status, head, body }) => {
        if (status !== 200 || body !== request.body) return reject(wrongAnswer(request, `${head}\n\n${body}`))
        const answered = performance.now()
        latencies.push((answered - now) * 1000)
        if (keepHeads) heads[nth] = head
        next(at, answered)
      },
      reject,
    )
  }
  for (let at = 0; at < connections.length; at++) next(at, performance.now())
  stayAwake(() => busy > 0)
  return promise.finally(() => (busy = 0))
}

/**
 * Polls instead of sleeping until there is something to read: a server that answers a sleeping process has to wake it, which costs it as much as a session may.
 * It would be charged to slow servers alone, since fast ones keep this process busy.
 */
function stayAwake(isPlaying: () => boolean): void {
  if (isPlaying()) setImmediate(stayAwake, isPlaying)
}

function wrongAnswer({ bytes, body }: Prepared, answer: string): Error {
  return new Error(`A wrong answer. Asked:\n${bytes}Expected 200 with:\n${body}\nAnswered:\n${answer}`)
}
