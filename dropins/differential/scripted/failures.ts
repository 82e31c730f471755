import type { Failure, Operation, Request, Sequence, Step, StoreMethod } from '../sequence.ts'
import { ask, begin, look, type Options, SEE, sequence, USUAL } from './build.ts'

// Stores that fail, disconnect, or change under the middleware.

const failures: readonly Failure[] = ['error', 'enoent', 'text', 'throw', 'null']

const cases: readonly (readonly [method: StoreMethod, what: string, operations: readonly Operation[], cookie?: Request['cookie']])[] = [
  ['get', 'at the begin of a request', [SEE]],
  ['get', 'in reload', [['reload'], SEE]],
  ['get', 'in store.load', [['storeLoad']]],
  ['get', 'in store.get', [['storeGet']]],
  ['set', 'at the end of a request', [['count', 'views']]],
  ['set', 'at the end of a first request', [['set', 'views', 1]], 'none'],
  ['set', 'in save', [['count', 'views'], ['save'], SEE]],
  ['set', 'in save, and a change', [['count', 'views'], ['save'], ['count', 'views']]],
  ['set', 'in save without a callback', [['count', 'views'], ['saveAway']]],
  ['destroy', 'in destroy', [['destroy'], SEE]],
  ['destroy', 'in destroy without a callback', [['destroyAway']]],
  ['destroy', 'in regenerate', [['regenerate'], SEE, ['set', 'fresh', 1]]],
  ['destroy', 'in store.destroy', [['storeDestroy']]],
  ['destroy', 'where the session was unset', [['setToNull']]],
  ['touch', 'in store.touch', [['storeTouch']]],
  ['all', 'in store.all', [['storeAll']]],
  ['length', 'in store.length', [['storeLength']]],
  ['clear', 'in store.clear', [['storeClear']]],
]

const forms: readonly Request['answer'][] = [
  ['text', 'text'],
  ['end'],
  ['writeEnd', 'one', 'two'],
  ['lengthText', 'text'],
  ['flushThenText', 'text'],
  ['status', 204],
  ['send', 'text'],
  ['redirect', 302, '/'],
  ['callback', 'text'],
]

const destroying: Options = { ...USUAL, unset: 'destroy' }
/** After so long every session is touched. */
const A_MINUTE: Step = { advance: 60_000 }

export const ofFailures: readonly Sequence[] = [
  ...cases.flatMap(([method, what, operations, cookie = 'jar']) =>
    failures.map((how) =>
      sequence(`${method} fails ${what}: ${how}`, destroying, [begin(), { fail: { method, how } }, ask(operations, ['text', 'text'], { cookie }), look()]),
    ),
  ),
  ...failures.map((how) =>
    sequence(`touch fails at the end of a request: ${how}`, destroying, [
      begin(),
      A_MINUTE,
      { fail: { method: 'touch', how } },
      ask([SEE], ['text', 'text']),
      look(),
    ]),
  ),
  ...forms.flatMap((answer) => [
    sequence(`set fails, ${JSON.stringify(answer)}`, USUAL, [begin(), { fail: { method: 'set', how: 'error' } }, ask([['count', 'views']], answer), look()]),
    sequence(`set fails for a new session, ${JSON.stringify(answer)}`, USUAL, [
      { fail: { method: 'set', how: 'error' } },
      ask([['set', 'views', 1]], answer),
      look(),
    ]),
    sequence(`touch fails, ${JSON.stringify(answer)}`, USUAL, [begin(), A_MINUTE, { fail: { method: 'touch', how: 'error' } }, ask([], answer), look()]),
    sequence(`destroy fails where the session was unset, ${JSON.stringify(answer)}`, destroying, [
      begin(),
      { fail: { method: 'destroy', how: 'error' } },
      ask([['setToNull']], answer),
      look(),
    ]),
  ]),
  sequence('get finds no file in a reload of a new session', USUAL, [{ fail: { method: 'get', how: 'enoent' } }, ask([['reload'], SEE])]),
  sequence('get fails where a session is saved twice', USUAL, [
    { fail: { method: 'get', how: 'error' } },
    ask([['set', 'views', 1], ['save'], ['count', 'views'], ['save']]),
  ]),
  sequence('a store that is away', USUAL, [
    begin(),
    { emit: 'disconnect' },
    look(),
    ask([SEE, ['set', 'views', 2]]),
    { emit: 'connect' },
    look(),
    { emit: 'connect' },
    look(),
  ]),
  sequence('a store that is away from the begin', USUAL, [{ emit: 'disconnect' }, look(), { emit: 'disconnect' }, { emit: 'connect' }, begin(), look()]),
  ...(['get', 'set', 'destroy', 'touch'] as const).map((method) =>
    sequence(`${method} is replaced after the middleware was made`, USUAL, [
      begin(),
      { replace: method },
      ask([['count', 'views']]),
      A_MINUTE,
      look(),
      ask([['regenerate'], ['set', 'a', 1]]),
      A_MINUTE,
      look(),
      ask([['destroy']]),
      look(),
    ]),
  ),
]
