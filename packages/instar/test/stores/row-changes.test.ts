import { deepEqual, equal } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { followOver, type ToldLine } from '../../src/stores/row-changes.ts'

// How a connection that tells of changes is kept, by a clock of the test's own. With real connections: test/engines/changes.test.ts.

/** Lines that the test speaks for, what was told of them and printed, and a clock. */
function rig(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const printed: string[] = []
  t.mock.method(console, 'error', (text: string) => void printed.push(text))
  const told: string[] = []
  const lines: Line[] = []
  const plans: (() => Line)[] = []
  const stop = (() => {
    const follow = followOver(() => {
      const line = (plans.shift() ?? (() => new Line()))()
      lines.push(line)
      return line
    }, 'changes of the test')
    return () => follow({ live: () => told.push('live'), lost: () => told.push('lost'), changed() {}, changedAll() {} })
  })()
  /** Lets all that needs no clock happen, and then so many milliseconds go by. */
  const pass = async (milliseconds = 0): Promise<void> => {
    for (let n = 0; n < 20; n++) await Promise.resolve()
    if (milliseconds > 0) t.mock.timers.tick(milliseconds)
    for (let n = 0; n < 20; n++) await Promise.resolve()
  }
  return { plans, lines, told, printed, follow: stop, pass }
}

class Line implements ToldLine {
  readonly #ready = Promise.withResolvers<void>()
  readonly #broken = Promise.withResolvers<void>()
  readonly ready = this.#ready.promise
  readonly broken = this.#broken.promise
  checks = 0
  wasClosed = false
  answer: () => Promise<unknown> = async () => {}
  end: () => unknown = () => {}

  check(): Promise<unknown> {
    this.checks++
    return this.answer()
  }
  close(): unknown {
    this.wasClosed = true
    return this.end()
  }
  isReady = (): void => this.#ready.resolve()
  fails = (error: unknown): void => this.#ready.reject(error)
  breaks = (): void => this.#broken.resolve()
}

test('a line that breaks is said to be lost, closed, and followed by another', async (t) => {
  const { lines, told, follow, pass } = rig(t)
  const stop = follow()
  lines[0]?.isReady()
  await pass()
  lines[0]?.breaks()
  await pass()
  deepEqual([told, lines[0]?.wasClosed, lines.length], [['live', 'lost'], true, 1])
  await pass(200)
  lines[1]?.isReady()
  await pass()
  deepEqual(told, ['live', 'lost', 'live'])
  await stop()
  deepEqual([told.at(-1), lines[1]?.wasClosed], ['lost', true])
})

test('a line that falls silent is given up: it may be dead without a word', async (t) => {
  const { lines, told, follow, pass } = rig(t)
  const stop = follow()
  lines[0]?.isReady()
  await pass()
  await pass(5_000)
  equal(lines[0]?.checks, 1)
  ;(lines[0] as Line).answer = () => new Promise(() => {})
  await pass(5_000)
  await pass(3_000)
  deepEqual([told, lines[0]?.wasClosed], [['live', 'lost'], true])
  await stop()
})

test('a line on which changes are not told any more is given up', async (t) => {
  const { lines, told, printed, follow, pass } = rig(t)
  const stop = follow()
  lines[0]?.isReady()
  await pass()
  ;(lines[0] as Line).answer = () => Promise.reject(new Error('The trigger is gone.'))
  await pass(5_000)
  deepEqual(told, ['live', 'lost'])
  equal(printed.length, 1)
  await stop()
})

test('a line that never becomes ready is given up after a while, and tried again', async (t) => {
  const { lines, told, follow, pass } = rig(t)
  const stop = follow()
  await pass(10_000)
  await pass(1_000)
  deepEqual([told, lines[0]?.wasClosed, lines.length], [['lost'], true, 2])
  await stop()
})

test('stopping waits for no line that hangs, neither at its beginning nor at its end', async (t) => {
  const { plans, lines, told, follow, pass } = rig(t)
  const hangsAtItsEnd = (): Line => Object.assign(new Line(), { end: () => new Promise(() => {}) })
  plans.push(hangsAtItsEnd, hangsAtItsEnd)
  let isStopped = 0
  const first = follow()
  void first().then(() => isStopped++)
  const second = follow()
  lines[1]?.isReady()
  await pass()
  void second().then(() => isStopped++)
  await pass(1_000)
  deepEqual([isStopped, told.filter((word) => word === 'live').length], [2, 1])
})

test('each outage is printed once, whatever was thrown', async (t) => {
  const { lines, printed, follow, pass } = rig(t)
  const stop = follow()
  for (const error of [null, undefined, 'a text']) {
    lines.at(-1)?.fails(error)
    await pass()
    await pass(5_000)
  }
  equal(printed.length, 1)
  lines.at(-1)?.isReady()
  await pass()
  lines.at(-1)?.breaks()
  await pass()
  await pass(5_000)
  lines.at(-1)?.fails(new Error('gone again'))
  await pass()
  equal(printed.length, 2)
  await stop()
})
