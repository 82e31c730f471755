import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionManager } from 'instar'
import { type NodeOptions, type SessionHandler, withSession } from 'instar/adapters/node'
import { memoryStore } from 'instar/stores/memory'
import { gatedStore, TestBrowser } from 'instar/testing'
import { listen } from './harness.ts'

type Data = { [key: string]: number }

async function serving(
  handler: SessionHandler<Data, unknown>,
  options: NodeOptions,
  steps: (browser: TestBrowser, store: ReturnType<typeof gatedStore>) => Promise<void>,
): Promise<void> {
  const store = gatedStore(memoryStore())
  const server = await listen(withSession(new SessionManager<Data, unknown>({ store }), handler, options))
  try {
    await steps(new TestBrowser(server.origin), store)
  } finally {
    await server.close()
  }
}

test('an onError that throws ends the connection, not the process', async (t) => {
  t.mock.method(console, 'error', () => {})
  const onError = (): never => {
    throw new Error('in onError')
  }
  const handler: SessionHandler<Data, unknown> = (request, response, session) => {
    if (request.url === '/throws') throw new Error('in the handler')
    if (request.url === '/fails') session.set('x', 1)
    response.end('fine')
  }
  await serving(handler, { onError }, async (browser, store) => {
    await assert.rejects(browser.send('/throws'))
    const gate = store.hold('create')
    const sent = browser.post('/fails').catch(() => 'broken off')
    await gate.reached
    gate.fail(new Error('disk full'))
    assert.equal(await sent, 'broken off')
    assert.equal((await browser.send('/')).body, 'fine')
  })
})

test('what the handler throws is printed and answered without its message; an error that may be shown is', async (t) => {
  const printed = t.mock.method(console, 'error', () => {})
  const handler: SessionHandler<Data, unknown> = async (request, _response, session) => {
    if (request.url === '/private') await session.requireUser()
    throw new Error('a secret')
  }
  await serving(handler, {}, async (browser) => {
    assert.deepEqual([(await browser.send('/')).status, (await browser.send('/')).body], [500, 'The request failed.'])
    assert.equal(printed.mock.callCount(), 2)
    const { status, body } = await browser.send('/private')
    assert.deepEqual([status, body], [401, 'This needs a login. Log in and try again.'])
  })
})

test('a failure after the answer has begun is printed, and the connection ends', async (t) => {
  const printed = t.mock.method(console, 'error', () => {})
  const handler: SessionHandler<Data, unknown> = (_request, response) => {
    response.write('begun')
    throw new Error('too late')
  }
  await serving(handler, {}, async (browser) => {
    await assert.rejects(browser.send('/'))
    assert.equal(printed.mock.calls[0]?.arguments[0].message, 'too late')
  })
})

test('two ends: the first counts', async () => {
  const handler: SessionHandler<Data, unknown> = (_request, response, session) => {
    session.set('x', 1)
    response.end('one')
    response.end('two')
  }
  await serving(handler, {}, async (browser) => {
    assert.equal((await browser.send('/')).body, 'one')
    assert.equal((await browser.send('/')).status, 200)
  })
})
