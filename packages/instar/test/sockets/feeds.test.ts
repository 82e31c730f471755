import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { EndingFeed } from 'instar'
import { postgresFeed } from 'instar/feeds/postgres'
import { redisFeed } from 'instar/feeds/redis'
import { memoryStore } from 'instar/stores/memory'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import { MISSING, serversFor } from '../engines/servers.ts'
import { ask, closed, type Site, site } from './site.ts'

const servers = await serversFor(['pg', 'node-redis'])
after(() => servers.stop())
const postgresUrl = servers.place('pg')?.url
const redisUrl = servers.place('node-redis')?.url

interface OpenFeed {
  readonly feed: EndingFeed
  close(): Promise<unknown>
}

const feeds: { readonly [name: string]: { readonly url: string | undefined; open(url: string): Promise<OpenFeed> } } = {
  'node-redis': {
    url: redisUrl,
    async open(url) {
      const publisher = await createClient({ url }).connect()
      const subscriber = await publisher.duplicate().connect()
      return { feed: redisFeed(publisher, subscriber), close: () => Promise.all([publisher.close(), subscriber.close()]) }
    },
  },
  ioredis: {
    url: redisUrl,
    async open(url) {
      const [publisher, subscriber] = [new Redis(url), new Redis(url)]
      return { feed: redisFeed(publisher, subscriber), close: async () => [publisher, subscriber].map((client) => client.disconnect()) }
    },
  },
  pg: {
    url: postgresUrl,
    async open(url) {
      const pool = new pg.Pool({ connectionString: url })
      const listening = new pg.Client({ connectionString: url })
      await listening.connect()
      return { feed: postgresFeed(pool, listening), close: () => Promise.all([pool.end(), listening.end()]) }
    },
  },
}

for (const [name, { url, open }] of Object.entries(feeds)) {
  test(`a revocation in one process closes the sockets of another, by the feed of ${name}`, { skip: url ? false : MISSING }, async () => {
    const store = memoryStore()
    const opened = [await open(url as string), await open(url as string)]
    const [one, two] = (await Promise.all(opened.map(({ feed }) => site({ store, feed }, { interval: '1d' })))) as [Site, Site]
    await listening(opened)
    const ann = await two.open((await one.logIn('ann')).cookie)
    const bob = await two.open((await one.logIn('bö b')).cookie)
    const end = closed(ann)
    await one.sessions.revokeAll('ann')
    assert.deepEqual(await end, { code: 4401, reason: 'session_ended' })
    assert.equal(await ask(bob), 'bö b')
    const everyone = closed(bob)
    await one.sessions.revokeEveryone()
    await everyone
    for (const each of [one, two]) await each.close()
    for (const { close } of opened) await close()
  })
}

/** When what one feed tells is heard by all. */
async function listening(feeds: readonly OpenFeed[]): Promise<void> {
  await Promise.all(
    feeds.map(async ({ feed }) => {
      const heard = Promise.withResolvers<void>()
      const stop = await feed.subscribe(({ handle }) => handle === 'hello' && heard.resolve())
      await feed.publish({ handle: 'hello' })
      await heard.promise
      await stop()
    }),
  )
}

test('a feed that fails is printed, and the request goes on', async (t) => {
  const printed = t.mock.method(console, 'error', () => {})
  const feed: EndingFeed = { publish: () => Promise.reject(new Error('away')), subscribe: () => Promise.reject(new Error('away')) }
  const it = await site({ store: memoryStore(), feed }, { interval: '1d' })
  const socket = await it.open((await it.logIn('ann')).cookie)
  const end = closed(socket)
  assert.equal(await it.sessions.revokeAll('ann'), 1)
  await end
  assert.equal(printed.mock.callCount(), 2)
  await it.close()
})

test('what comes over a channel and is no ending is passed by', async () => {
  const listeners: ((message: { channel: string; payload?: string }) => void)[] = []
  const client = { query: async () => {}, on: (_: string, listener: never) => listeners.push(listener), off: () => {} }
  const heard: unknown[] = []
  await postgresFeed(client, client as never).subscribe((ending) => heard.push(ending))
  for (const payload of [
    '',
    'null',
    '{',
    '7',
    '[]',
    'true',
    '""',
    '{"hello":1}',
    '{}',
    '{"handle":7}',
    '{"userId":["a"]}',
    undefined,
    '{"handle":"h","secret":"s"}',
  ])
    for (const channel of ['instar_endings', 'another']) listeners[0]?.({ channel, ...(payload !== undefined && { payload }) })
  assert.deepEqual(heard, [{}, { handle: 'h' }])
  assert.throws(() => postgresFeed(client, client as never, { channel: 'a; DROP TABLE users' }), TypeError)
})
