import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { STACKS, type Stack } from '../apps/stack.ts'
import { attacks } from '../attacks/index.ts'
import { combined, DEFENCES, weakenedHome } from '../defences.ts'
import { playOne, type Venue, type World } from '../matrix.ts'
import type { Screens, Step } from '../recorder.ts'
import { SIGNS } from '../report/signs.ts'
import { VERDICTS } from '../verdict.ts'
import { watchPage } from './page.ts'

const NATIVE = STACKS.find(({ file }) => file === 'instar-express') as Stack

/** A play that somebody watches, and that waits for them at each step. */
interface Watched {
  next(): void
}

/** Serves the page on which a person plays an attack step by step, to this machine alone. Resolves to its address. */
export async function serveWatch(world: World, port: number): Promise<{ readonly url: string; close(): void }> {
  const all = await attacks()
  const watched = new Map<string, Watched>()
  let isPlaying = false
  const token = randomUUID() // Other pages do not know it, whatever their browser says of where they come from.

  const play = async (query: URLSearchParams, response: ServerResponse): Promise<void> => {
    const attack = all.find(({ name }) => name === query.get('attack'))
    const stack = STACKS.find(({ name }) => name === query.get('stack'))
    const off = DEFENCES.filter(({ name }) => query.getAll('off').includes(name))
    if (!attack || !stack) return void response.writeHead(400).end('Choose an attack and an application.')
    if (isPlaying) return void response.writeHead(409).end('Another attack is being played. Step it through to its end, or close its page.')
    isPlaying = true
    const id = randomUUID()
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const send = (type: string, data: object): void => void response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    let go = (): void => {}
    let isGone = false
    watched.set(id, { next: () => go() })
    response.on('close', () => {
      isGone = true
      go()
    })
    const screens: Screens = new Map()
    const onStep = async ({ victim, attacker, ...step }: Step): Promise<void> => {
      if (isGone) return
      send('step', { id, ...step, victim: screens.get(victim), attacker: screens.get(attacker) })
      await new Promise<void>((resolve) => {
        go = resolve
        if (isGone) resolve()
      })
    }
    let weakened: ReturnType<typeof weakenedHome> | undefined
    try {
      if (off.length > 0 && stack.kind === 'instar') weakened = weakenedHome(world.homes.of(NATIVE), combined(off))
      const venue: Venue = weakened ? { stack: NATIVE, home: weakened.folder, flags: ['--conditions=instar-source'] } : { stack, home: world.homes.of(stack) }
      send('story', { id, title: attack.title, who: attack.who, story: attack.story, decides: attack.decides })
      const { cell } = await playOne(world, attack, venue, { screens, onStep })
      send('end', { verdict: cell.verdict, meaning: VERDICTS[cell.verdict], key: SIGNS[cell.verdict].key, note: cell.note })
    } catch (error) {
      console.error(error)
      send('failed', { message: (error as Error).message })
    } finally {
      watched.delete(id)
      await world.rest()
      weakened?.remove()
      isPlaying = false
      response.end()
    }
  }

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    // Other sites that the reader's browser has open are not to play here.
    const isOurs =
      /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? '') &&
      ['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site'] as string | undefined)
    if (!isOurs) return void response.writeHead(403).end()
    const url = URL.parse(request.url ?? '/', 'http://localhost')
    if (!url) return void response.writeHead(404).end()
    if (url.pathname !== '/' && url.searchParams.get('token') !== token) return void response.writeHead(403).end()
    if (request.method === 'GET' && url.pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      response.end(watchPage(all, STACKS, DEFENCES, token))
    } else if (request.method === 'GET' && url.pathname === '/play') void play(url.searchParams, response)
    else if (request.method === 'POST' && url.pathname === '/next') {
      watched.get(url.searchParams.get('id') ?? '')?.next()
      response.writeHead(204).end()
    } else response.writeHead(404).end()
  }

  const server = createServer(answer)
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Error(code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another: --port ${port + 1}.` : message)),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
