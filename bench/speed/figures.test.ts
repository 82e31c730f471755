import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bareOf, isBare, SUBJECTS } from './catalogue.ts'
import { chosenBy } from './choice.ts'
import { figureOf } from './cost.ts'
import type { Figure, Figures } from './figures.ts'
import { type Goal, goalsOf } from './goals.ts'
import { pageOf } from './report/page.ts'
import { textOf } from './report/text.ts'
import { items } from './server/application.ts'
import { quantile, spreadOf } from './statistics.ts'
import type { Window } from './timing.ts'

const windowOf = (cpu: number, engine?: number): Window => ({ cpu, engine, throughput: 1000 / cpu, latencies: { median: cpu, p99: 2 * cpu } })
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => count - n)

describe('statistics', () => {
  test('a quantile is one of the values, whatever their order', () => {
    assert.deepEqual(
      [0, 0.2, 0.5, 0.99, 1].map((share) => quantile(upTo(100), share)),
      [1, 21, 51, 100, 100],
    )
    assert.equal(quantile([7], 0.5), 7)
    assert.ok(Number.isNaN(quantile([], 0.5)))
  })

  test('a spread has the fifth, the quarters and the median', () => {
    assert.deepEqual(spreadOf(upTo(100)), { fifth: 21, firstQuarter: 26, median: 51, lastQuarter: 76 })
  })

  test('cost is what is above the bare framework, and spreads as the differences within a round do', () => {
    const bare = upTo(100).map((n) => windowOf(n))
    const { cpu, cost, engine } = figureOf(
      upTo(100).map((n) => windowOf(n + 10, 4)),
      bare,
    )
    assert.deepEqual({ cpu: cpu.fifth, cost, engine }, { cpu: 31, cost: { fifth: 10, firstQuarter: 10, median: 10, lastQuarter: 10 }, engine: 4 })
    assert.equal(figureOf(bare, undefined).cost, undefined)
  })
})

describe('what is measured', () => {
  test('every subject has a name of its own and a bare framework below it', () => {
    const names = SUBJECTS.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
    for (const subject of SUBJECTS) assert.ok(names.includes(bareOf(subject)))
    assert.equal(SUBJECTS.filter(isBare).length, 5)
  })

  test('a word chooses subjects with what is below them, or works', () => {
    assert.equal(chosenBy('').subjects.length, SUBJECTS.length)
    assert.deepEqual(
      chosenBy('koa-session').subjects.map(({ name }) => name),
      ['bare (Koa)', 'koa-session, memory (Koa)'],
    )
    const { subjects, works } = chosenBy('LOGIN')
    assert.deepEqual([subjects.length, works.map(({ name }) => name)], [SUBJECTS.length, ['login']])
    assert.throws(() => chosenBy('nothing of that name'), /Neither a subject nor a work[\s\S]*bare \(Koa\)/)
  })

  test('the data of a session is as large as was asked for', () => {
    for (const bytes of [200, 2000, 20_000]) {
      const size = JSON.stringify(items(bytes)).length
      assert.ok(size >= bytes && size < bytes + 120, `${size}`)
    }
  })
})

describe('the report', () => {
  const figure = (cpu: number, more: Partial<Figure> = {}): Figure => ({ ...figureOf([windowOf(cpu)], undefined), ...more })
  const costing = (fifth: number, more: Partial<Figure> = {}): Figure =>
    figure(40 + fifth, { cost: { fifth, firstQuarter: fifth, median: fifth, lastQuarter: fifth }, ...more })
  const express = { framework: 'Express', cannot: {} }
  const figures: Figures = {
    command: 'npm run bench',
    date: '2026-01-02T03:04:05.000Z',
    machine: { cpu: 'a <CPU>', isPinned: true },
    versions: { Node: '24.0.0', express: '5.0.0' },
    unit: 'microseconds',
    windowMilliseconds: 30,
    atOnce: 16,
    works: { read: 'authenticated read', write: 'a write of one key' },
    subjects: {
      'bare (Express)': { ...express, store: '', works: { read: figure(40) } },
      'instar, memory (Express)': { ...express, library: 'instar', store: 'memory', works: { read: costing(10) }, lostUpdates: 0 },
      'instar, Redis (Express)': {
        ...express,
        library: 'instar',
        store: 'Redis',
        works: { read: costing(20, { commands: { EVALSHA: 1, '(HMGET)': 1 } }) },
        lostUpdates: 0,
      },
      'express-session, memory (Express)': { ...express, library: 'express-session', store: 'memory', works: { read: costing(50) }, lostUpdates: 99 },
      'express-session, Redis (Express)': { ...express, library: 'express-session', store: 'Redis', works: { read: costing(90) } },
      '@instar/express-session, memory (Express)': { ...express, library: '@instar/express-session', store: 'memory', works: { read: costing(30) } },
      'better-auth, SQLite (Hono)': {
        framework: 'Hono',
        library: 'better-auth',
        store: 'SQLite',
        works: { read: costing(900) },
        cannot: { write: 'it holds no data' },
      },
    },
    growth: [
      {
        title: 'A read, by the sessions in the store',
        unit: 'sessions',
        series: {
          'instar, memory (Express)': [
            { at: 1000, cost: 50 },
            { at: 1_000_000, cost: 52 },
          ],
        },
      },
    ],
    micro: {
      paths: { 'no cookie': { microseconds: 2, storeCalls: {} }, 'dead cookie': { microseconds: 4, storeCalls: { find: 1 } } },
      changes: { login: { create: 1, update: 1 }, logout: { find: 1, update: 1 } },
    },
    seconds: 1,
  }
  const standing = (part: string): Goal | undefined => goalsOf(figures).find(({ goal }) => goal.includes(part))

  test('says which goals are reached, and which were not measured', () => {
    assert.equal(standing('cost of express-session, memory')?.isReached, true)
    assert.match(standing('cost of express-session, memory')?.measured ?? '', /^0\.20 \(10 of 50 µs\)$/)
    assert.equal(standing('cost of connect-redis')?.isReached, false)
    assert.equal(standing('Redis: commands')?.isReached, true)
    assert.equal(standing('cost of connect-pg-simple')?.isReached, undefined)
    assert.equal(standing('no cookie')?.isReached, true)
    assert.equal(standing('dead cookie')?.isReached, true)
    assert.equal(standing('none lost')?.isReached, true)
    assert.equal(standing('login: at most 2')?.isReached, true)
    assert.equal(standing('logout: at most 1')?.isReached, false)
    assert.equal(standing('@instar/express-session, memory (Express), read')?.isReached, false)
    assert.equal(standing('by the sessions in the store')?.isReached, true)
  })

  test('is a text with a row for each subject', () => {
    const text = textOf(figures)
    for (const name of Object.keys(figures.subjects)) assert.ok(text.includes(name), name)
    assert.match(text, /better-auth, SQLite \(Hono\)\s+left out: it holds no data/)
    assert.match(text, /NOT REACHED/)
  })

  test('is a page that needs nothing else', () => {
    const page = pageOf(figures)
    assert.doesNotMatch(page, /<script|<link|src=|href=/)
    assert.ok(page.includes('a &lt;CPU>'))
    assert.equal(page.match(/<svg/g)?.length, 4)
    assert.doesNotMatch(page, /#0[1-5]0[1-5]0[1-5]|#0a0a0/)
    assert.match(page, /var\(--ours\)/)
    assert.doesNotMatch(page, /NaN|undefined/)
  })
})
