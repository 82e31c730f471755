import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { padded, together } from '../../src/stores/together.ts'

test('what is wanted within one turn is asked for once, each key once, and nothing is told to another', async () => {
  const asked: (readonly string[])[] = []
  const find = together(
    async (keys: readonly string[]) => {
      asked.push(keys)
      return new Map(keys.filter((key) => key !== 'gone').map((key) => [key, `of ${key}`]))
    },
    () => false,
  )
  deepEqual(await Promise.all(['a', 'b', 'gone', 'a'].map(find)), ['of a', 'of b', undefined, 'of a'])
  equal(await find('c'), 'of c')
  deepEqual(asked, [['a', 'b', 'gone'], ['c']])
})

test('what is asked for while an answer is under way is asked for anew, since the answer may be of before', async () => {
  let value = 'before'
  const answer = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const find = together(
    async (keys: readonly string[]) => {
      const found = new Map(keys.map((key) => [key, value]))
      reached.resolve()
      await answer.promise
      return found
    },
    () => false,
  )
  const first = find('a')
  await reached.promise
  value = 'after'
  const second = find('a')
  answer.resolve()
  deepEqual(await Promise.all([first, second]), ['before', 'after'])
})

test('a failure of all is heard by all who asked, and by nobody else', async () => {
  let isDown = true
  const find = together(
    async (keys: readonly string[]) => {
      if (isDown) throw new Error('down')
      return new Map(keys.map((key) => [key, key]))
    },
    () => false,
  )
  const [first, second] = [find('a'), find('b')]
  await rejects(first, /down/)
  await rejects(second, /down/)
  isDown = false
  equal(await find('a'), 'a')
})

test('one key that cannot be had keeps no other from being had', async () => {
  const find = together(
    async (keys: readonly string[]) => {
      if (keys.includes('bad')) throw new Error('cannot be had')
      return new Map(keys.map((key) => [key, key]))
    },
    () => true,
  )
  const [good, bad, other] = [find('good'), find('bad'), find('other')]
  await rejects(bad, /cannot be had/)
  deepEqual(await Promise.all([good, other]), ['good', 'other'])
})

test('many are asked for in several statements of few forms', async () => {
  const sizes: number[] = []
  const find = together(
    async (keys: readonly string[]) => {
      sizes.push(keys.length)
      return new Map(keys.map((key) => [key, key]))
    },
    () => false,
  )
  const keys = Array.from({ length: 150 }, (_, n) => `key ${n}`)
  deepEqual(await Promise.all(keys.map(find)), keys)
  deepEqual(sizes, [64, 64, 22])
  deepEqual(padded(['a', 'b', 'c']), ['a', 'b', 'c', 'c'])
  deepEqual(
    [1, 2, 4, 5, 64].map((count) => padded(keys.slice(0, count)).length),
    [1, 2, 4, 8, 64],
  )
})
