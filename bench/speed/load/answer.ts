/** What came back over a socket. */
export interface Answer {
  readonly status: number
  /** Status line and headers. */
  readonly head: string
  readonly body: string
  /** What is after the answer. */
  readonly rest: string
}

const LENGTH = /\r\ncontent-length: *(\d+)/i
const CHUNKED = /\r\ntransfer-encoding: *chunked/i

/** The first answer of a text, one character a byte; undefined while some of it is still to come. Knows as much of http as answers of a few kB need. */
export function answerIn(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const status = Number(head.slice(9, 12))
  const from = end + 4
  const length = LENGTH.exec(head)?.[1]
  if (length !== undefined) {
    const to = from + Number(length)
    return text.length < to ? undefined : { status, head, body: text.slice(from, to), rest: text.slice(to) }
  }
  if (CHUNKED.test(head)) return chunked(status, head, text, from)
  if (status === 204 || status === 304) return { status, head, body: '', rest: text.slice(from) }
  throw new Error(`An answer says nothing of its length:\n${head}`)
}

function chunked(status: number, head: string, text: string, from: number): Answer | undefined {
  let body = ''
  for (let at = from; ; ) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(text.slice(at, line), 16)
    if (Number.isNaN(size)) throw new Error(`A chunk has no size:\n${text.slice(at, line)}`)
    const to = line + 2 + size + 2
    if (text.length < to) return undefined
    if (size === 0) return { status, head, body, rest: text.slice(to) }
    body += text.slice(line + 2, to - 2)
    at = to
  }
}

/** The values of all headers of a name. */
export function headersOf(head: string, name: string): string[] {
  const start = `${name.toLowerCase()}:`
  return head
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim())
}
