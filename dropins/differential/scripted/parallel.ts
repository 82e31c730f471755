import type { Operation, Request, Sequence } from '../sequence.ts'
import { ask, begin, look, type Options, SEE, sequence, USUAL } from './build.ts'

// Requests of one session at the same time: the slow one has read the session, the quick one runs, then the slow one goes on.

/** The quick one's answer is out before the slow one goes on. */
function slowAndQuick(slow: readonly Operation[], quick: readonly Operation[]): readonly Request[] {
  return [
    { operations: [['open', 'slow is in'], ['wait', 'quick is over'], ...slow], answer: ['text', 'slow'] },
    { operations: [...quick, SEE], answer: ['opening', 'quick is over', 'quick'], after: 'slow is in' },
  ]
}

const slows: readonly (readonly [what: string, operations: readonly Operation[]])[] = [
  ['reads', [['read', 'views']]],
  ['changes', [['set', 'slow', true]]],
  ['saves', [['set', 'slow', true], ['save']]],
  ['reloads', [['reload'], SEE]],
  ['destroys', [['destroy']]],
  ['regenerates', [['regenerate'], ['set', 'fresh', 'slow']]],
]
const quicks: readonly (readonly [what: string, operations: readonly Operation[]])[] = [
  ['reads', []],
  ['changes', [['set', 'quick', true], ['save']]],
  ['destroys', [['destroy']]],
  ['regenerates', [['regenerate'], ['set', 'fresh', 'quick'], ['save']]],
]

const settings: readonly Options[] = [USUAL, { ...USUAL, resave: true }]

const ofKeys = sequence('two requests that change keys, and their order', USUAL, [
  begin({ first: 1 }),
  {
    together: slowAndQuick(
      [
        ['push', 'items', 'x'],
        ['set', 'quick', true],
      ],
      [['set', 'quick', true]],
    ),
  },
  look(),
])

const ofReloads = sequence('the slow one reloads what the quick one has read, a second later', USUAL, [
  begin(),
  { advance: 1000 },
  { together: slowAndQuick([['reload'], SEE], []) },
  look(),
])

export const inParallel: readonly Sequence[] = [
  ofKeys,
  ofReloads,
  ...settings.flatMap((options) =>
    slows.flatMap(([slow, slowOperations]) =>
      quicks.map(([quick, quickOperations]) =>
        sequence(`the slow one ${slow}, the quick one ${quick}, resave ${options['resave']}`, options, [
          begin(),
          { together: slowAndQuick(slowOperations, quickOperations) },
          look(),
          ask([SEE], ['text', 'ok'], { cookie: { earlier: 0 } }),
        ]),
      ),
    ),
  ),
]
