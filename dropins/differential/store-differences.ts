import { always, explained, hasEndings, type KnownDifference, operationsOf } from './known.ts'

// What ours does otherwise on some stores alone, because of what these are. What it does on every store is in differences.ts.

/** `save` and `destroy` of a session, which is gone from the request after the second. */
const ANSWERED = /^((?:save|destroy)[^;]*? called back with) null, .*(; session (?:as before|replaced))$/
const NO_FILE = /Error: ENOENT: no such file or directory, open '[^']*' \(ENOENT\)/
const BAD_COOKIE = /^error handler: .* option \w+ is invalid; head sent$/
/** What an error handler was told, sooner or later. */
const told = (line: string): string => line.replace(/; head (not )?sent$/, '')
const setsCookie = (line: string): boolean => line.startsWith('Set-Cookie: ')
const setsSession = (line: string): boolean => setsCookie(line) && line.includes(' signed by ')
/** Operations that ask the store and do not wait for it. */
const AWAY: readonly string[] = ['saveAway', 'destroyAway']
/** Those that ask the store. */
const ASKS = /^(store|save|reload|regenerate|destroy)/

const noResults: KnownDifference = {
  id: 'no-results-of-the-store',
  what: 'The callbacks of `save` and `destroy` get an error or nothing.',
  why: 'What a store calls back with beside an error is its own affair: a number of rows here, the session there, mostly nothing.',
  oldBehaviour: 'They get whatever the store called back with.',
  explain: (difference) =>
    difference.part === 'log' ? { ...difference, original: difference.original.map((line) => line.replace(ANSWERED, '$1 nothing$2')) } : difference,
}

const races: KnownDifference = {
  id: 'races-in-the-store',
  what: 'What is asked of the store after a `save()` or `destroy()` that nobody awaited comes after it.',
  why: 'An answer must not depend on which of two was the quicker one.',
  oldBehaviour:
    'Both go out at once, over two connections of a pool or to two threads that write files, and each may be the last: a session that was destroyed can stay.',
  explain(difference, { step }) {
    const names = operationsOf(step).map(([name]) => name)
    const away = names.findIndex((name) => AWAY.includes(name))
    const isRace = away !== -1 && names.slice(away + 1).some((name) => ASKS.test(name))
    return explained(difference, isRace && ['log', 'calls', 'store'].includes(difference.part))
  },
  diverges: always,
}

const rowsOfMarks: KnownDifference = {
  id: 'rows-of-marks',
  what: 'What the store says of its rows counts the marks of ended sessions.',
  why: 'Each is a row.',
  oldBehaviour: 'There are none.',
  explain(difference) {
    if (difference.part !== 'log') return difference
    const uncounted = (line: string): string => line.replace(/lastInsertRowid: \d+/, 'lastInsertRowid: one')
    return { ...difference, original: difference.original.map(uncounted), ours: difference.ours.map(uncounted) }
  },
}

const refusedExpiries: KnownDifference = {
  id: 'refused-expiries',
  what: 'A session whose cookie has an expiry that is no date fails with the error of the database, which refuses it, before anything is sent.',
  why: 'A session is stored before its cookie is made.',
  oldBehaviour: 'The answer leaves as a success, without a cookie; the error handler then hears of the cookie.',
  explain(difference, { at, original, ours }) {
    const isRefused = ours.exchanges[at]?.log.some((line) => line.includes('NaN') && line.endsWith('; head not sent'))
    const isInvalid = original.exchanges[at]?.log.some((line) => line.endsWith('option expires is invalid; head sent'))
    return explained(difference, isRefused === true && isInvalid === true)
  },
  diverges: always,
}

const ofFiles: readonly KnownDifference[] = [
  noResults,
  races,
  {
    id: 'no-file-is-no-session-there',
    what: '`reload` of a session that the store has no file of fails like that of any other that is not there.',
    why: 'The middleware takes ENOENT for that too.',
    oldBehaviour: 'Its error is that of the file.',
    explain: (difference) =>
      difference.part === 'log'
        ? {
            ...difference,
            original: difference.original.map((line) =>
              line.startsWith('reload called back with') ? line.replace(NO_FILE, 'Error: failed to load session') : line,
            ),
          }
        : difference,
  },
  {
    id: 'ended-files-are-there',
    what: '`store.get(id)` and `store.load(id)` of an id that has ended give nothing.',
    why: 'Its mark has a file.',
    oldBehaviour: 'An error: there is no such file.',
    explain(difference, place) {
      const { part, original, ours } = difference
      if (part !== 'log' || !hasEndings(place)) return difference
      const nothing = (line: string): string => line.replace(/^(store\.(?:get|load) called back with) Error: ENOENT[^;]*/, '$1 nothing')
      return { ...difference, original: original.map((line) => (ours.includes(line) ? line : nothing(line))) }
    },
  },
  {
    id: 'no-touch-of-what-is-gone',
    what: 'A session that the handler took out of the store is not touched.',
    why: 'It has ended.',
    oldBehaviour: 'It is, and the store has no file to touch: an error, once the answer has left.',
    explain: (difference, place) =>
      difference.part === 'log' && hasEndings(place)
        ? {
            ...difference,
            original: difference.original.filter((line) => !(NO_FILE.test(line) && line.startsWith('error handler: ') && line.endsWith('; head sent'))),
          }
        : difference,
  },
  {
    id: 'last-access-is-no-change',
    what: 'With `resave`, a session that a request only read gets no new cookie.',
    why: 'The store writes `__lastAccess` into each session that it is given; the request has changed nothing.',
    oldBehaviour: 'That counts as a change of the request, so the cookie is sent again.',
    explain(difference, { sequence: { options } }) {
      const { part, original, ours } = difference
      if (options['resave'] !== true) return difference
      if (part === 'log')
        return { ...difference, original: original.filter((line) => !BAD_COOKIE.test(line) || ours.some((other) => told(other) === told(line))) }
      if (part !== 'answer' || ours.some(setsCookie)) return difference
      return { ...difference, original: original.filter((line) => !setsCookie(line)) }
    },
    diverges: always,
  },
  {
    id: 'last-access-of-what-was-stored',
    what: '`__lastAccess` of `req.session` is not that of a save that stored what another request changed too.',
    why: 'What is stored then is a copy, and the store writes it into that.',
    oldBehaviour: 'The session of the request is what is stored, whatever the other one did.',
    explain(difference) {
      const { part, original, ours } = difference
      if (part !== 'log') return difference
      const untimed = (lines: readonly string[], others: readonly string[]): string[] =>
        lines.map((line) => (others.includes(line) ? line : line.replace(/("?__lastAccess"?: ?)\d+/g, '$1then')))
      return { ...difference, original: untimed(original, ours), ours: untimed(ours, original) }
    },
  },
  {
    id: 'last-access-of-what-was-not-touched',
    what: 'For a request that reloads its session, a change is what another one has stored since, not that it has read it.',
    why: 'The other one need not touch it, so `__lastAccess` is as it was.',
    oldBehaviour: 'The touch moves `__lastAccess`, which counts as a change of the request that reloads.',
    explain(difference, { step, before }) {
      const { part, original, ours } = difference
      const isReloaded = step !== undefined && 'together' in step && operationsOf(step).some(([name]) => name === 'reload')
      if (!isReloaded) return difference
      const isUntouched = before.some((pair) => pair.original.calls.some((call) => call.startsWith('touch ') && !pair.ours.calls.includes(call)))
      if (part === 'answer' && isUntouched && !original.some(setsSession)) return { ...difference, ours: ours.filter((line) => !setsSession(line)) }
      if (part !== 'calls') return difference
      const isOne = (call: string, at: number): boolean =>
        call.startsWith('set ') && !ours.includes(call) && original.slice(0, at).includes(call.replace('set ', 'touch '))
      return { ...difference, original: original.filter((call, at) => !isOne(call, at)) }
    },
    diverges: always,
  },
  {
    id: 'cookies-have-a-class',
    what: 'A cookie prints as `Cookie { … }`.',
    why: 'It is a class.',
    oldBehaviour: 'It prints as a plain object.',
    explain: (difference) =>
      difference.part === 'log' ? { ...difference, ours: difference.ours.map((line) => line.replace('cookie: Cookie {', 'cookie: {')) } : difference,
  },
]

export const storeDifferences: { readonly [store: string]: readonly KnownDifference[] } = {
  'connect-pg-simple': [races, refusedExpiries],
  'express-mysql-session': [noResults, races, refusedExpiries],
  'better-sqlite3-session-store': [noResults, rowsOfMarks],
  'session-file-store': ofFiles,
}
