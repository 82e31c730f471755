import type { Json, Operation, Sequence } from '../sequence.ts'
import { ask, begin, look, SEE, sequence, USUAL } from './build.ts'

// Logins as applications write them: by a key, by Passport's, with and without regenerate and save; and secrets of forms.

const keys: readonly (readonly [path: string, value: Json, other: Json])[] = [
  ['user', 'ann', 'bob'],
  ['user', { id: 1, name: 'ann' }, { id: 2, name: 'bob' }],
  ['user', { _id: 'a1' }, { _id: 'b2' }],
  ['userId', 1, 2],
  ['uid', 'u-1', 'u-2'],
  ['account', { id: 7 }, { id: 8 }],
  ['passport.user', 'ann', 'bob'],
  ['passport.user', { id: 1 }, { id: 2 }],
  ['adminUser', { email: 'ann@example.com' }, { email: 'bob@example.com' }],
]

const look0: Operation[] = [SEE]

export const ofIdentities: readonly Sequence[] = keys.flatMap(([path, value, other], at) => [
  sequence(`${path} ${at}: login, use, another user, logout by delete`, USUAL, [
    begin(),
    ask([['set', path, value]]),
    look(),
    ask([['count', 'views']]),
    ask([['set', path, other]]),
    ask([['remove', path]]),
    look(),
  ]),
  sequence(`${path} ${at}: login with save`, USUAL, [begin(), ask([['set', path, value], ['save'], SEE]), look(), ask([['destroy']]), look()]),
  sequence(`${path} ${at}: login with regenerate`, USUAL, [
    begin(),
    ask([['regenerate'], ['set', path, value], ['save'], SEE], ['redirect', 302, '/']),
    look(),
    ask([['destroy']]),
    look(),
  ]),
  sequence(`${path} ${at}: login in a first request`, USUAL, [ask([['set', path, value]]), look()]),
  sequence(`${path} ${at}: the cookie from before the login`, USUAL, [
    begin(),
    ask([['set', path, value]]),
    ask(look0, ['text', 'ok'], { cookie: { earlier: 0 } }),
  ]),
  sequence(`${path} ${at}: the same user again`, USUAL, [begin({ views: 1 }), ask([['set', path, value]]), ask([['set', path, value]]), look()]),
  sequence(`${path} ${at}: secrets of forms`, USUAL, [begin({ csrfSecret: 'known', views: 1 }), ask([['set', path, value]]), look()]),
  sequence(`${path} ${at}: login in a streamed answer`, USUAL, [begin(), ask([['set', path, value]], ['writeEnd', 'one', 'two']), look()]),
])
