import type { Figure, Figures } from '../../bench/speed/figures.ts'

function figure(fifth: number, cost?: number, more: Partial<Figure> = {}): Figure {
  const spread = { firstQuarter: fifth, median: fifth, lastQuarter: fifth }
  return {
    windows: 120,
    cpu: { fifth, ...spread },
    ...(cost !== undefined && { cost: { fifth: cost, firstQuarter: cost, median: cost, lastQuarter: cost } }),
    throughput: 1000,
    latency: { median: 1000, p99: 2000 },
    bytes: 12_345,
    ...more,
  }
}

const onExpress = { framework: 'Express', cannot: {} }

/** Figures that nobody measured, for the tests of the tables that show such. */
export const SAMPLE: Figures = {
  command: 'npm run bench -- --record',
  date: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'a CPU', isPinned: true },
  versions: { Node: '24.0.0', express: '5.0.0' },
  unit: 'microseconds',
  windowMilliseconds: 30,
  atOnce: 16,
  works: { read: 'authenticated read', write: 'a write of one key' },
  subjects: {
    'bare (Express)': { ...onExpress, store: '', works: { read: figure(40), write: figure(41) } },
    'bare (Koa)': { framework: 'Koa', store: '', works: { read: figure(30) }, cannot: {} },
    'instar, memory (Express)': { ...onExpress, library: 'instar', store: 'memory', works: { read: figure(50, 10), write: figure(70, 29) }, lostUpdates: 0 },
    'instar, Redis (Express)': {
      ...onExpress,
      library: 'instar',
      store: 'Redis',
      works: { read: figure(140, 100, { engine: 7, commands: { EVALSHA: 1, '(HMGET)': 1 } }) },
    },
    'instar, Redis, near cache (Express)': {
      ...onExpress,
      library: 'instar',
      store: 'Redis, near cache',
      works: { read: figure(54, 14, { engine: 0, commands: { EVALSHA: 0 } }) },
    },
    'instar, memory (Koa)': { framework: 'Koa', library: 'instar', store: 'memory', works: { read: figure(36, 6) }, cannot: {} },
    'express-session, memory (Express)': { ...onExpress, library: 'express-session', store: 'memory', works: { read: figure(90, 50) }, lostUpdates: 99 },
    'express-session, Redis (Express)': { ...onExpress, library: 'express-session', store: 'Redis', works: { read: figure(1240, 1200) } },
    '@instar/express-session, memory (Express)': { ...onExpress, library: '@instar/express-session', store: 'memory', works: { read: figure(70, 30) } },
    'cookie-session, cookie (Express)': {
      framework: 'Express',
      library: 'cookie-session',
      store: 'cookie',
      works: { read: figure(75, 35) },
      cannot: { write: 'it is of | paper', 'read 20 kB': 'not among these works' },
    },
  },
  growth: [
    {
      title: 'A read, by the sessions in the store',
      unit: 'sessions',
      series: {
        'instar, memory (Express)': [
          { at: 1000, cost: 10 },
          { at: 1_000_000, cost: 10.5 },
        ],
        'express-session, memory (Express)': [{ at: 1000, cost: 50 }],
      },
    },
  ],
  micro: {
    paths: { 'no cookie': { microseconds: 2.34, storeCalls: {} }, 'dead cookie': { microseconds: 4, storeCalls: { find: 1 } } },
    changes: { login: { create: 1, update: 1 }, logout: { update: 1 } },
  },
  seconds: 1100,
}
