import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { answerIn, headersOf } from './load/answer.ts'
import { Connection } from './load/connection.ts'
import { play } from './load/play.ts'
import { prepared } from './load/request.ts'
import { Jar, Visitor } from './load/visitor.ts'

const withLength = (body: string, head = 'HTTP/1.1 200 OK'): string => `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n'

describe('an answer', () => {
  test('is whole when its body is', () => {
    const text = withLength('{"a":1}')
    for (let end = 0; end < text.length; end++) assert.equal(answerIn(text.slice(0, end)), undefined)
    assert.deepEqual(answerIn(`${text}more`), { status: 200, head: 'HTTP/1.1 200 OK\r\ncontent-length: 7', body: '{"a":1}', rest: 'more' })
  })

  test('comes in chunks too', () => {
    for (let end = 0; end < CHUNKED.length; end++) assert.equal(answerIn(CHUNKED.slice(0, end)), undefined)
    assert.equal(answerIn(CHUNKED)?.body, 'abcde')
  })

  test('without a body needs no length', () => assert.equal(answerIn('HTTP/1.1 204 No Content\r\n\r\n')?.status, 204))
  test('of no known length is refused', () => assert.throws(() => answerIn('HTTP/1.1 200 OK\r\n\r\nabc'), /nothing of its length/))
  test('shows the headers of a name', () => assert.deepEqual(headersOf('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2', 'Set-Cookie'), ['a=1', 'b=2']))
})

describe('a jar', () => {
  test('keeps what is set, and forgets what has expired', () => {
    const jar = new Jar().take('HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b==2; Max-Age=60\r\nSet-Cookie: c=3')
    assert.equal(jar.header, 'a=1; b==2; c=3')
    jar.take('HTTP/1.1 200 OK\r\nSet-Cookie: a=; Max-Age=0\r\nSet-Cookie: c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT')
    assert.equal(jar.header, 'b==2')
  })
})

describe('the load', () => {
  let server: Server
  let port = 0
  let seen: string[] = []
  /** What the server says to a request, in the pieces in which it goes. */
  let answers: (request: string) => readonly string[] = () => []

  before(async () => {
    server = createServer((socket) => {
      let text = ''
      socket.on('error', () => {})
      socket.setEncoding('latin1').on('data', async (data: string) => {
        text += data
        if (!text.endsWith('\r\n\r\n')) return
        const request = text
        text = ''
        seen.push(request)
        for (const piece of answers(request)) {
          if (piece === 'end') return socket.end()
          socket.write(piece)
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as { readonly port: number }).port
  })
  after(() => server.close())

  const connected = async (count: number): Promise<Connection[]> => {
    seen = []
    const connections = Array.from({ length: count }, () => new Connection(port))
    for (const connection of connections) await connection.open()
    return connections
  }
  const request = prepared({ path: '/read', cookie: 'sid=1', answer: { a: 1 } })

  test('plays a plan on all connections, and checks what comes in pieces', async () => {
    answers = () => [withLength('{"a":1}').slice(0, 20), withLength('{"a":1}').slice(20)]
    const connections = await connected(3)
    const { requests, latencies, heads } = await play(connections, (_, turn) => (turn < 5 ? request : undefined), { keepHeads: true })
    assert.deepEqual([requests, latencies.length, heads.length, seen.length], [15, 15, 15, 15])
    assert.match(seen[0] ?? '', /^GET \/read HTTP\/1\.1\r\nHost: shop\.example\r\n[\s\S]*Cookie: theme=dark; consent=1; sid=1\r\n\r\n$/)
    for (const connection of connections) connection.close()
  })

  test('begins nothing after its time', async () => {
    answers = () => [withLength('{"a":1}')]
    const connections = await connected(2)
    const { requests } = await play(connections, () => request, { milliseconds: 0 })
    assert.equal(requests, 0)
    for (const connection of connections) connection.close()
  })

  for (const [title, answer, message] of [
    ['another body', [withLength('{"a":2}')], /A wrong answer[\s\S]*Expected 200 with:\n\{"a":1\}[\s\S]*\{"a":2\}/],
    ['another status', [withLength('{"a":1}', 'HTTP/1.1 503 Service Unavailable')], /A wrong answer[\s\S]*503 Service Unavailable/],
    ['more than an answer', [`${withLength('{"a":1}')}HTTP/1.1`], /more than an answer/],
    ['no answer at all', ['end'], /closed a connection/],
    ['half an answer', [withLength('{"a":1}').slice(0, 30), 'end'], /closed a connection/],
  ] as const) {
    test(`fails at ${title}`, async () => {
      answers = () => answer
      const connections = await connected(1)
      await assert.rejects(
        play(connections, () => request),
        message,
      )
      for (const connection of connections) connection.close()
    })
  }

  test('opens a connection again that the server has closed while it was idle', async () => {
    answers = () => [withLength('{"a":1}'), 'end']
    const [connection] = (await connected(1)) as [Connection]
    for (let n = 0; n < 3; n++) {
      await connection.open()
      await play([connection], (_, turn) => (turn === 0 ? request : undefined))
      while (connection.isOpen) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal(seen.length, 3)
    connection.close()
  })

  test('lets a visitor keep cookies from answer to answer', async () => {
    answers = (text) => [withLength(text.includes('/login') ? '{"user":"ann"}' : '{"user":null}', `HTTP/1.1 200 OK\r\nSet-Cookie: sid=${seen.length}`)]
    const [connection] = (await connected(1)) as [Connection]
    const visitor = new Visitor(connection)
    await visitor.login('ann')
    await visitor.logout()
    assert.match(seen[1] ?? '', /sid=1\r\n/)
    assert.match(seen[1] ?? '', /Origin: https:\/\/shop\.example\r\nContent-Length: 0\r\n/)
    assert.equal(visitor.jar.header, 'sid=2')
    connection.close()
  })
})
