import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from './judge.ts'
import { type Answer, type Entry, Ledger, type Order, type Sight } from './ledger.ts'

/** A history that is told operation by operation. */
class Story {
  readonly ledger = new Ledger()

  /** With null the operation is never answered. */
  does(order: Order, answer: Answer | null = {}): Entry {
    const entry = this.ledger.begin(order)
    this.ledger.end(entry, answer ?? undefined)
    return entry
  }

  /** A login of ann whose answer gave the cookie. */
  login(cookie: string, token?: string): void {
    this.does({ act: 'login', user: 'ann', token }, { cookie, ...(token && { sight: ANN }) })
  }

  looks(token: string, sight: Partial<Sight>): void {
    this.does({ act: 'look', token }, { sight: { user: null, last: null, count: 0, ...sight } })
  }

  /** What was found, leaving out what is 0. */
  get findings(): object {
    const { lost, lookedLoggedOut, aliveAgain, usersChanged, countedTwice } = judge(this.ledger.entries)
    return Object.fromEntries(Object.entries({ lost, lookedLoggedOut, aliveAgain, usersChanged, countedTwice }).filter(([, count]) => count > 0))
  }
}

const ANN: Sight = { user: 'ann', last: null, count: 0 }
const DOWN: Answer = { failure: { name: 'InstarError', code: 'store_unavailable', status: 503, message: 'down' } }

const told = (tell: (story: Story) => void): object => {
  const story = new Story()
  tell(story)
  return story.findings
}

test('a login that was acknowledged and opens nothing is lost; one that opens its user is not', () => {
  assert.deepEqual(
    told((s) => {
      s.login('a.1')
      s.looks('a.1', {})
    }),
    { lost: 1 },
  )
  assert.deepEqual(
    told((s) => {
      s.login('a.1')
      s.looks('a.1', ANN)
    }),
    {},
  )
})

test('a token that opens nothing and later its user looked logged out, and is not lost', () => {
  assert.deepEqual(
    told((s) => {
      s.login('a.1')
      s.looks('a.1', {})
      s.looks('a.1', ANN)
    }),
    { lookedLoggedOut: 1 },
  )
})

test('a logout that found nothing to end, where there was something, leaves its token alive', () => {
  assert.deepEqual(
    told((s) => {
      s.login('a.1')
      s.does({ act: 'logout', token: 'a.1' }, { sight: { user: null, last: null, count: 0 } })
      s.looks('a.1', ANN)
    }),
    { lookedLoggedOut: 1, aliveAgain: 1 },
  )
})

test('a token that opens another user is a changed user', () => {
  assert.deepEqual(
    told((s) => {
      s.login('a.1')
      s.looks('a.1', { user: 'bob' })
    }),
    { usersChanged: 1 },
  )
})

for (const act of ['logout', 'everywhere'] as const) {
  test(`after ${act} was acknowledged a token that opens its user is alive again; after it was only begun it may be either`, () => {
    const after = (answer: Answer | null, sight: Partial<Sight>) =>
      told((s) => {
        s.login('a.1')
        s.does({ act, token: 'a.1' }, answer)
        s.looks('a.1', sight)
      })
    assert.deepEqual(after({ sight: ANN, cookie: '' }, ANN), { aliveAgain: 1 })
    assert.deepEqual(after({ sight: ANN, cookie: '' }, {}), {})
    for (const answer of [null, DOWN]) for (const sight of [ANN, {}]) assert.deepEqual(after(answer, sight), {})
  })
}

test('a login retires the session that it came with, and all of its tokens', () => {
  const after = (look: (s: Story) => void) =>
    told((s) => {
      s.login('a.1')
      s.does({ act: 'elevate', token: 'a.1' }, { sight: ANN, cookie: 'a.2' })
      s.login('b.1', 'a.2')
      look(s)
    })
  assert.deepEqual(
    after((s) => s.looks('a.1', ANN)),
    { aliveAgain: 1 },
  )
  assert.deepEqual(
    after((s) => s.looks('a.2', ANN)),
    { aliveAgain: 1 },
  )
  assert.deepEqual(
    after((s) => s.looks('b.1', {})),
    { lost: 1 },
  )
})

test('a revocation ends what was answered before it began, on every device, and of nobody else', () => {
  const after = (look: (s: Story) => void) =>
    told((s) => {
      s.login('a.1')
      s.login('b.1')
      s.does({ act: 'login', user: 'bob' }, { cookie: 'c.1' })
      s.does({ act: 'revoke', user: 'ann' })
      s.login('d.1')
      look(s)
    })
  assert.deepEqual(
    after((s) => s.looks('b.1', ANN)),
    { aliveAgain: 1 },
  )
  assert.deepEqual(
    after((s) => s.looks('c.1', {})),
    { lost: 1 },
  )
  assert.deepEqual(
    after((s) => s.looks('d.1', {})),
    { lost: 1 },
  )
})

test('an elevated token ends the one before it when it is first presented, and not sooner', () => {
  const after = (look: (s: Story) => void) =>
    told((s) => {
      s.login('a.1')
      s.does({ act: 'elevate', token: 'a.1' }, { sight: ANN, cookie: 'a.2' })
      look(s)
    })
  assert.deepEqual(
    after((s) => s.looks('a.1', {})),
    { lost: 1 },
  )
  assert.deepEqual(
    after((s) => s.looks('a.2', {})),
    { lost: 1 },
  )
  assert.deepEqual(
    after((s) => {
      s.looks('a.1', ANN)
      s.looks('a.2', ANN)
      s.looks('a.1', {})
    }),
    {},
  )
  assert.deepEqual(
    after((s) => {
      s.looks('a.2', ANN)
      s.looks('a.1', ANN)
    }),
    { aliveAgain: 1 },
  )
})

test('a value that was acknowledged and is not there is lost, unless a later one was begun', () => {
  const after = (writes: (s: Story) => void, last: number | null) =>
    told((s) => {
      s.login('a.1')
      writes(s)
      s.looks('a.1', { ...ANN, last })
    })
  const sets = (s: Story, value: number, answer?: Answer) => s.does({ act: 'set', token: 'a.1', value }, answer)
  const two = (s: Story): void => {
    sets(s, 1)
    sets(s, 2)
  }
  assert.deepEqual(after(two, 2), {})
  assert.deepEqual(after(two, 1), { lost: 1 })
  assert.deepEqual(after(two, null), { lost: 1 })
  const secondFailed = (s: Story): void => {
    sets(s, 1)
    sets(s, 2, DOWN)
  }
  for (const last of [1, 2]) assert.deepEqual(after(secondFailed, last), {})
  assert.deepEqual(after(secondFailed, null), { lost: 1 })
  const firstFailed = (s: Story): void => {
    sets(s, 1, DOWN)
    sets(s, 2)
  }
  assert.deepEqual(after(firstFailed, 1), { lost: 1 })
  assert.deepEqual(
    after(() => {}, 7),
    { lost: 1 },
  )
})

test('a counter is between what was acknowledged and what was begun', () => {
  const after = (count: number) =>
    told((s) => {
      s.login('a.1')
      for (const answer of [{}, {}, DOWN]) s.does({ act: 'count', token: 'a.1' }, answer)
      s.looks('a.1', { ...ANN, count })
    })
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(after), [{ lost: 2 }, { lost: 1 }, {}, {}, { countedTwice: 1 }, { countedTwice: 2 }])
})

test('what overlaps with a look may or may not show in it', () => {
  for (const sight of [ANN, { user: null, last: null, count: 0 }]) {
    const story = new Story()
    story.login('a.1')
    const look = story.ledger.begin({ act: 'look', token: 'a.1' })
    story.does({ act: 'logout', token: 'a.1' }, { sight: ANN, cookie: '' })
    story.ledger.end(look, { sight })
    assert.deepEqual(story.findings, {})
  }
})

test('an error that no outage explains is a stray', () => {
  const story = new Story()
  story.does({ act: 'revoke', user: 'ann' }, DOWN)
  story.does({ act: 'revoke', user: 'ann' }, { failure: { name: 'TypeError', code: 'undefined', status: null, message: 'x is not a function' } })
  story.does({ act: 'revoke', user: 'ann' }, { failure: { name: 'InstarError', code: 'schema_mismatch', status: 503, message: 'no table' } })
  const { errors, strayErrors } = judge(story.ledger.entries)
  assert.deepEqual([errors, strayErrors], [3, 2])
})
