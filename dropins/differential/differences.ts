import type { Place } from './compare.ts'
import {
  always,
  bodyOf,
  changesUser,
  EARLY,
  explained,
  fails,
  hasEndings,
  isGone,
  isMark,
  isUnused,
  type KnownDifference,
  momentsOf,
  nameIn,
  operationsOf,
  requestIn,
  without,
} from './known.ts'
import { same } from './lines.ts'
import type { StepSeen } from './observe.ts'

// What ours does otherwise, each with the reason and with what tells exactly that difference from any other.

/** Forms of answers whose head leaves before they end. */
const EARLY_ANSWERS: readonly string[] = ['throwAfterWrite', 'cutOffAfterWrite', 'destroyAfterHead', 'regenerateAfterHead', 'flushThenText']

/** A line of the store without the cookie of the session. */
const withoutCookie = (line: string): string => {
  const { cookie: _, ...data } = JSON.parse(line.slice(line.indexOf(' '))) as { cookie?: unknown }
  return `${nameIn(line)} ${JSON.stringify(data)}`
}

const nameOf = (call: string): string => call.slice(call.indexOf(' ') + 1)

/** How long a session is not touched again, in milliseconds: a tenth of its life, or of ten minutes where nobody knows that. */
const untouchedFor = (age: unknown): number => (typeof age === 'number' ? age : 600_000) / 10

const TOUCHES = /^(set|touch) /

/** Whether ours need not touch a session in this step, since it did, or saved it, so short a time ago; or what another process saved says so. */
function isTouchedAlready({ sequence, index, before, ours }: Place, name: string): boolean {
  const moments = momentsOf(sequence)
  const last = [...before.map((pair) => pair.ours), ours].findLastIndex(({ calls }) => calls.some((call) => TOUCHES.test(call) && nameOf(call) === name))
  const { cookie } = JSON.parse(ours.store[name] ?? '{}') as { cookie?: { originalMaxAge?: unknown; expires?: unknown } }
  if (last === -1) return Boolean(cookie?.expires) && sequence.steps.some((step) => 'plant' in step)
  return (moments[index] as number) - (moments[last] as number) < untouchedFor(cookie?.originalMaxAge)
}

/** What the error handler hears of a touch. */
const FAILED_TOUCH = /^error handler: \W*(Error: )?touch .*; head sent$/

const DATE = /\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** A line with the ends of the same line of others, where these are later by less than the time for which a session is not touched again. */
function withLaterEnds(line: string, others: readonly string[]): string {
  const age = Number(/\boriginalMaxAge"?: ?([\d.]+)/.exec(line)?.[1] ?? 0)
  const endsIn = (text: string): number[] => Array.from(text.matchAll(DATE), ([date]) => Date.parse(date))
  const isSame = (other: string): boolean => {
    if (other.replace(DATE, '') !== line.replace(DATE, '')) return false
    const theirs = endsIn(other)
    return endsIn(line).every((end, at) => (theirs[at] as number) >= end && (theirs[at] as number) - end < untouchedFor(age))
  }
  return others.includes(line) ? line : (others.find(isSame) ?? line)
}

export const differences: readonly KnownDifference[] = [
  {
    id: 'touched-by-tenths',
    what: 'A session that did not change is touched at most once in a tenth of its `maxAge`, or once a minute where it has none; at once where its cookie changed.',
    why: 'Each touch is a round trip, and nobody misses the last tenth of a session that is not used.',
    oldBehaviour: 'It is touched at the end of each request.',
    explain(difference, place) {
      const { part, original, ours } = difference
      const isLeftOut = (calls: readonly string[], call: string, at: number): boolean =>
        call.startsWith('touch ') &&
        calls.slice(0, at + 1).filter((other) => other === call).length > place.ours.calls.filter((other) => other === call).length &&
        isTouchedAlready(place, nameOf(call))
      if (part === 'log') {
        const hasFailed = place.original.calls.some((call, at, calls) => isLeftOut(calls, call, at))
        const left = hasFailed ? original.filter((line) => !FAILED_TOUCH.test(line)) : original
        return { ...difference, original: left, ours: ours.map((line) => withLaterEnds(line, left)) }
      }
      if (part === 'store') return { ...difference, ours: ours.map((line) => withLaterEnds(line, original)) }
      if (part !== 'calls') return difference
      return { ...difference, original: original.filter((call, at) => !isLeftOut(original, call, at)) }
    },
    // A touch that is to fail is another one then.
    diverges: (_, { sequence }) => fails(sequence, 'touch'),
  },
  {
    id: 'longer-ids',
    what: 'Ids have 256 random bits: 43 characters.',
    why: 'An id is also the name of a row; half of it must not be enough to guess the rest.',
    oldBehaviour: '192 bits: 32 characters.',
    explain: (difference) =>
      explained(
        difference,
        difference.part === 'ids' && difference.original.every((length) => length === '32') && difference.ours.every((length) => length === '43'),
      ),
  },
  {
    id: 'fails-instead-of-dying',
    what: 'An error at the end of a request is that request’s: 500, by the application’s error handler where it can answer.',
    why: 'One request must not end the process, or wait for ever.',
    oldBehaviour: 'The error is thrown out of a callback, which ends the process, or the request is never answered.',
    explain(difference, { original, ours }) {
      const broke = (seen: StepSeen) => seen.uncaught.length > 0 || seen.exchanges.some(({ answer }) => answer.some((line) => line.startsWith('failure: ')))
      const dies = broke(original) && !broke(ours) && ours.exchanges.every(({ answer }) => !answer[0]?.startsWith('2') || original.uncaught.length > 0)
      return explained(difference, dies)
    },
    diverges: always,
  },
  {
    id: 'errors-before-the-answer',
    what: 'What fails at the end of a request, such as the store or an attribute of the cookie, goes to the error handler before anything is sent: the answer is the handler’s.',
    why: 'An answer that says "welcome" must not leave for a session that is not there.',
    oldBehaviour: 'The answer leaves as a success, mostly without its cookie or for a session that was not stored; the error handler runs after it.',
    explain(difference, { ours, original, at, sequence }) {
      const isEarly = ours.exchanges.some(({ log }, index) =>
        log.some((line) => EARLY.test(line) && original.exchanges[index]?.log.includes(line.replace(EARLY, '$1; head sent'))),
      )
      const isOfTheErrorPage = fails(sequence, 'set') && [original, ours].every((seen) => seen.exchanges[at]?.answer[0]?.startsWith('500'))
      if (isOfTheErrorPage && at !== -1) return explained(difference, true)
      // Half an answer cannot be taken back, so it is a bare one.
      const isCutOff = ours.exchanges[at]?.answer.includes('Content-Length: 19') && original.exchanges[at]?.log.some((line) => line.endsWith('; head sent'))
      if (isCutOff && ours.exchanges[at]?.answer[0]?.startsWith('500')) return explained(difference, true)
      if (!isEarly) return difference
      if (difference.part === 'log') {
        const told = without(difference, (line) => line === 'end called back' || line === 'finished')
        return { ...told, ours: told.ours.map((line) => (told.original.includes(line) ? line : line.replace(EARLY, '$1; head sent'))) }
      }
      return explained(difference, difference.part === 'answer' && ours.exchanges[at]?.answer[0]?.startsWith('500') === true)
    },
    diverges: ({ part, original }) => part === 'answer' && original.some((line) => line.startsWith('Set-Cookie: ')),
  },
  {
    id: 'length-known',
    what: '`res.end(body)` without a write before it has a Content-Length.',
    why: 'The answer waits whole until the session is stored, so its length is known when its head goes.',
    oldBehaviour: 'Where the session had to be stored the body was written in two parts, chunked.',
    explain(difference) {
      const { part, original, ours } = difference
      if (part !== 'answer') return difference
      const body = bodyOf(original)
      const length = `Content-Length: ${Buffer.byteLength(body, 'latin1')}`
      if (!original.includes('Transfer-Encoding: chunked') || !ours.includes(length) || bodyOf(ours) !== body) return difference
      return { ...difference, original: original.filter((line) => line !== 'Transfer-Encoding: chunked'), ours: ours.filter((line) => line !== length) }
    },
  },
  {
    id: 'tombstones',
    what: 'In a store that is not ours, an id that ended leaves a mark under it for ten minutes: a session with the key `__instar` and nothing else, which `get`, `load` and `all` of the store object do not show, and `length` counts. The store’s `set` is called for it instead of `destroy`.',
    why: 'A request that read the session before, in another process too, must see that it has ended, and not bring it back.',
    oldBehaviour: 'Nothing is left, and a slow request stores the session again.',
    explain(difference, place) {
      const { part, original, ours } = difference
      if (part === 'store') {
        const marks = ours.filter((line) => isMark(line) && !original.some((other) => nameIn(other) === nameIn(line)))
        return marks.length === 0 ? difference : { ...difference, ours: ours.filter((line) => !marks.includes(line)) }
      }
      if (part !== 'calls') return difference
      const isOfTheLiving = (call: string): boolean => !isGone(place.ours.store, nameOf(call)) || !isGone(place.original.store, nameOf(call))
      return explained(difference, hasEndings(place) && same(original.filter(isOfTheLiving), ours.filter(isOfTheLiving)))
    },
  },
  {
    id: 'one-cookie',
    what: 'Two session cookies in one request are refused: the visitor is anonymous.',
    why: 'One of the two was planted, by another sub-domain for instance, and there is no right guess.',
    oldBehaviour: 'The first one counts.',
    explain: (difference, { step }) =>
      explained(
        difference,
        step !== undefined &&
          'request' in step &&
          typeof step.request.cookie === 'object' &&
          'forged' in step.request.cookie &&
          step.request.cookie.forged.startsWith('duplicate'),
      ),
    diverges: always,
  },
  {
    id: 'auto-from-a-function',
    what: '`secure: "auto"` and `sameSite: "auto"` count from a function of cookie options too.',
    why: 'They are options of the cookie, however these are given.',
    oldBehaviour: 'From a function the text "auto" itself became the attribute: `Secure` without https, so no cookie.',
    explain: (difference, { sequence: { options } }) =>
      explained(difference, (options['cookie'] as { $function?: { secure?: string } } | undefined)?.$function?.secure === 'auto'),
    diverges: always,
  },
  {
    id: 'save-and-reload-return-the-session',
    what: '`save(callback)` and `reload(callback)` return the session.',
    why: 'So their types say, and so the other methods do.',
    oldBehaviour: 'Undefined for the session that a request began with.',
    explain: (difference) => without(difference, (line) => /^(save|reload) returned the session$/.test(line)),
  },
  {
    id: 'codes',
    what: 'The error of a session that has ended has the code `session_ended`.',
    why: 'So that code can tell it from a failing store.',
    oldBehaviour: 'A message only.',
    explain: (difference) =>
      difference.part === 'log' ? { ...difference, ours: difference.ours.map((line) => line.replace(' (session_ended)', '')) } : difference,
  },
  {
    id: 'callbacks-of-end',
    what: '`res.end(text, encoding, callback)` and `res.end(callback)` call back.',
    why: 'Node’s own `end` does.',
    oldBehaviour: 'The callback was forgotten, or taken for the body.',
    explain(difference, { request }) {
      if (request?.answer[0] === 'encodedCallback') return without(difference, (line) => line === 'end called back')
      return explained(difference, request?.answer[0] === 'onlyCallback' && ['log', 'answer'].includes(difference.part))
    },
  },
  {
    id: 'second-end-returns-the-response',
    what: 'A second `res.end()` is ignored and returns the response.',
    why: 'Node’s own `end` returns it.',
    oldBehaviour: 'It is ignored and returns false.',
    explain: (difference) =>
      difference.part === 'log'
        ? { ...difference, ours: difference.ours.map((line) => line.replace('second end returned the response', 'second end returned false')) }
        : difference,
  },
  {
    id: 'nothing-after-the-end',
    what: 'A `res.write()` after `res.end()` is an error and not part of the answer.',
    why: 'So it is in Node.',
    oldBehaviour: 'While the session was being stored it was added to the body.',
    explain: (difference, { request }) => explained(difference, request?.answer[0] === 'writeAfterEnd' && difference.part !== 'store'),
  },
  {
    id: 'cookie-of-the-session',
    what: 'The cookie has the id of the session, whatever stands in `req.sessionID`.',
    why: 'Under that id it is stored.',
    oldBehaviour: 'An id that was assigned to `req.sessionID` went into the cookie, while the session was stored under its own.',
    explain: (difference, { request }) =>
      explained(difference, difference.part === 'answer' && request?.operations.some(([name]) => name === 'setId') === true),
    diverges: always,
  },
  {
    id: 'json-cookies',
    what: 'A session cookie that cookie-parser made an object of is no session cookie.',
    why: 'Anybody can send one.',
    oldBehaviour: 'It made the request fail: `raw.substr is not a function`.',
    explain: (difference, { original }) =>
      explained(
        difference,
        original.exchanges.some(({ log }) => log.some((line) => line.includes('raw.substr is not a function'))),
      ),
    diverges: always,
  },
  {
    id: 'no-revival',
    what: 'A session that has ended stays ended: a request that had read it stores nothing, and its `save(callback)` gets an error.',
    why: 'A logout must not be undone by a slow request.',
    oldBehaviour: 'The slow request stores the session again, with `resave` even where it only read.',
    explain(difference, place) {
      const { original, ours, before, step } = place
      if (!hasEndings(place) && !(step && 'together' in step)) return difference
      const previous = before.at(-1)?.original.store ?? {}
      const isRevived = Object.keys(original.store).some((name) => name in previous && isGone(ours.store, name) && !isGone(original.store, name))
      const isSaveRefused =
        step !== undefined && 'together' in step && difference.part === 'log' && difference.ours.some((line) => /failed to (save|load) session/.test(line))
      return explained(difference, isRevived || isSaveRefused)
    },
    diverges: always,
  },
  {
    id: 'no-lost-keys',
    what: 'Of two requests that change different keys of one session at the same time, both are stored; one that changed nothing undoes nothing.',
    why: 'Each request stores the keys that it changed.',
    oldBehaviour: 'The last one stores the session as it read it: what the other changed is lost.',
    explain(difference, { step, original, ours }) {
      if (difference.part !== 'store' || step === undefined || !('together' in step)) return difference
      const living = (store: StepSeen['store']): string[] => Object.keys(store).filter((name) => !isGone(store, name))
      return explained(difference, same(living(original.store), living(ours.store)))
    },
    diverges: always,
  },
  {
    id: 'new-id-at-login',
    what: 'When the user in the session changes, the session gets a new id before the answer leaves, whatever the handler does, and the old id has ended.',
    why: 'Who knew the id before the login, or planted it, must not be logged in by it.',
    oldBehaviour: 'The id stays unless the handler calls `regenerate`.',
    explain(difference, { sequence }) {
      if (!changesUser(sequence)) return difference
      const stays = (line: string): string => line.replace(/(#\d+)'+/g, '$1')
      const ours = difference.ours
      if (difference.part === 'calls')
        return explained(
          difference,
          ours.some((call) => call.includes("'")),
        )
      if (difference.part === 'store') return { ...difference, ours: ours.filter((line) => !isMark(line)).map(stays) }
      if (difference.part === 'answer' && !difference.original.some((line) => line.startsWith('Set-Cookie')))
        return { ...difference, ours: ours.filter((line) => !/^Set-Cookie: .*#\d+'/.test(line)) }
      return { ...difference, ours: ours.map(stays) }
    },
  },
  {
    id: 'old-id-after-login',
    what: 'A request with the cookie from before a login is anonymous.',
    why: 'That id has ended.',
    oldBehaviour: 'It is logged in.',
    explain: (difference, place) => explained(difference, changesUser(place.sequence) && typeof requestIn(place)?.cookie === 'object'),
    diverges: always,
  },
  {
    id: 'secrets-of-forms',
    what: 'When the user in the session changes, the secrets of csurf, csrf-sync and lusca in it are dropped; the next form gets new ones.',
    why: 'Who could read the session before the login knows them.',
    oldBehaviour: 'They stay, and tokens from before the login work after it.',
    explain(difference, { sequence }) {
      if (!changesUser(sequence)) return difference
      const dropped = (line: string): string =>
        line.replace(/"(csrfSecret|_csrf|_csrfSecret|csrfToken)":"[^"]*",?/g, '').replace(/(keys [^;]*?),csrfSecret/, '$1')
      return { ...difference, original: difference.original.map(dropped) }
    },
  },
  {
    id: 'callbacks-in-a-later-turn',
    what: 'Callbacks of `save`, `reload`, `regenerate` and `destroy` come in a later turn, also where the store answers at once.',
    why: 'Code that runs before or after by the store’s kind is wrong with one of them.',
    oldBehaviour: 'A store that calls back at once has the callback run before the method returns.',
    explain: (difference, { sequence: { store } }) =>
      explained(difference, store === 'legacySync' && difference.part === 'log' && same(difference.original.toSorted(), difference.ours.toSorted())),
  },
  {
    id: 'fewer-calls',
    what: 'The store is called once where that says it all: no `touch` after a `save`, no second `set` of what is stored.',
    why: 'Each call costs a round trip.',
    oldBehaviour:
      '`save` without a callback is followed by `touch`; after `regenerate`, `save` is followed by the same `set`, which also stores what changed in the cookie alone.',
    explain(difference, place) {
      const { part, original, ours } = difference
      if (part === 'store') {
        const isSaved = operationsOf(place.step).some(([name]) => name === 'save' || name === 'saveAway')
        return explained(difference, isSaved && same(original.map(withoutCookie), ours.map(withoutCookie)))
      }
      if (part !== 'calls') return difference
      if (place.step && 'together' in place.step && hasEndings(place)) return explained(difference, true)
      const isOfTheLiving = (call: string): boolean =>
        !hasEndings(place) || !isGone(place.ours.store, nameOf(call)) || !isGone(place.original.store, nameOf(call))
      const once = (calls: readonly string[]): string[] =>
        calls.filter(
          (call, at) =>
            isOfTheLiving(call) &&
            !(call.startsWith('touch ') && calls.includes(`set ${nameOf(call)}`)) &&
            !(call.startsWith('set ') && calls.indexOf(call) !== at),
        )
      return explained(difference, same(once(original), once(ours)))
    },
    diverges: ({ part }) => part === 'store',
  },
  {
    id: 'stored-with-the-head',
    what: 'What the session holds when the head of the answer goes is stored before it, also where the answer never ends.',
    why: 'The cookie in that head names the session.',
    oldBehaviour: 'It is stored when the answer ends; a cookie may have left for nothing.',
    explain(difference, place) {
      const request = requestIn(place)
      const isEarly = ['flush', 'write'].includes(request?.operations[0]?.[0] ?? '') || EARLY_ANSWERS.includes(request?.answer[0] ?? '')
      return explained(
        difference,
        isEarly && (difference.part === 'store' || difference.part === 'calls' || (difference.part === 'answer' && request?.answer[0] === 'cutOffAfterWrite')),
      )
    },
    diverges: ({ part }) => part === 'store',
  },
  {
    id: 'saves-that-nobody-awaits',
    what: 'A `save()` without a callback that fails is an error of the request, before its answer.',
    why: 'Somebody has to hear of it.',
    oldBehaviour: 'Nobody does.',
    explain: (difference, { step, sequence }) => explained(difference, fails(sequence, 'set') && operationsOf(step).some(([name]) => name === 'saveAway')),
    diverges: always,
  },
  {
    id: 'failed-saves',
    what: 'What `save` could not store is stored at the end of the request.',
    why: 'A failed save has stored nothing.',
    oldBehaviour: 'The session counts as saved.',
    explain: (difference, { sequence, step }) =>
      explained(
        difference,
        ['log', 'store', 'calls', 'answer'].includes(difference.part) &&
          fails(sequence, 'set') &&
          operationsOf(step).some(([name]) => name === 'save' || name === 'saveAway'),
      ),
    diverges: always,
  },
  {
    id: 'throwing-stores',
    what: 'A store that throws has failed like one that calls back with an error.',
    why: 'Handlers check one of the two, if any.',
    oldBehaviour: 'It is thrown to whoever called, sometimes where nobody can catch it.',
    explain: (difference, { sequence }) =>
      explained(
        difference,
        sequence.steps.some((step) => 'fail' in step && step.fail.how === 'throw'),
      ),
    diverges: always,
  },
  {
    id: 'destroy-is-not-called',
    what: 'A store whose `destroy` fails does not fail a logout: the mark of the end is set instead.',
    why: 'See the marks.',
    oldBehaviour: 'The callback gets the error, and the session stays.',
    explain: (difference, place) => explained(difference, fails(place.sequence, 'destroy') || (fails(place.sequence, 'set') && hasEndings(place))),
    diverges: always,
  },
  {
    id: 'keys-in-another-order',
    what: 'Where two requests changed a session, the order of its keys may be another.',
    why: 'What one changed is put into what the other stored.',
    oldBehaviour: 'The order is that of the last request.',
    explain({ part, original, ours, ...rest }, { before }) {
      const letters = (line: string): string => [...line].sort().join('')
      const isOne = part === 'log' && before.some(({ ours: { exchanges } }) => exchanges.length > 1) && same(original.map(letters), ours.map(letters))
      return explained({ part, original, ours, ...rest }, isOne)
    },
  },
  {
    id: 'late-and-unused',
    what: 'A request that comes with an id that has ended, and puts nothing into the new session, gets no cookie and stores nothing, with `saveUninitialized` too.',
    why: 'Its answer may come after that of the login, and would take the login’s cookie away.',
    oldBehaviour: 'With `saveUninitialized` it gets the cookie of a new session.',
    explain(difference, place) {
      if (!hasEndings(place)) return difference
      const { original, ours } = place
      const unused = Object.keys(original.store).filter((name) => !(name in ours.store) && isUnused(original.store[name]))
      const isOfOne = (line: string): boolean =>
        unused.some((name) => line.startsWith(`${name} `) || line === `set ${name}` || line === `touch ${name}` || line.includes(`=${name} signed by `))
      return without(difference, isOfOne)
    },
    diverges: always,
  },
  {
    id: 'ids-are-used-once',
    what: 'An id that has ended is not used again: where `genid` gives it once more, the session gets a random one.',
    why: 'Whoever has the old cookie would have the new session.',
    oldBehaviour: 'The new session has the old id.',
    explain: (difference, { sequence: { options } }) => explained(difference, options['genid'] === 'fromHeader'),
    diverges: always,
  },
  {
    id: 'saves-write-what-is-there',
    what: '`save()` stores what the session holds when the store is asked, which may be later in the same turn.',
    why: 'Saves of one session go one after the other, and look first whether it has ended.',
    oldBehaviour: 'It stores what the session held when `save` was called.',
    explain: (difference, { step }) =>
      explained(difference, ['store', 'log', 'answer'].includes(difference.part) && operationsOf(step).some(([name]) => name === 'saveAway')),
    diverges: always,
  },
  {
    id: 'sessions-without-a-cookie',
    what: 'A stored session without `cookie` gets that of the options.',
    why: 'Other programs write sessions too.',
    oldBehaviour: 'Each request with it fails: `Cannot read properties of undefined`.',
    explain: (difference, { original }) =>
      explained(
        difference,
        original.exchanges.some(({ log }) => log.some((line) => /Cannot read properties of (undefined|null) \(reading 'expires'\)/.test(line))),
      ),
    diverges: always,
  },
  {
    id: 'plain-cookies',
    what: 'A plain object that is assigned to `session.cookie` becomes a `Cookie`, with its defaults.',
    why: 'A session that was copied as JSON has one.',
    oldBehaviour: 'The cookie leaves without any attribute: no HttpOnly, no Path.',
    explain: (difference, { step }) =>
      explained(
        difference,
        operationsOf(step).some(([name]) => name === 'cookieReplace'),
      ),
    diverges: always,
  },
  {
    id: 'until-it-is-stored',
    what: 'What is written to the session while it is being stored is stored too.',
    why: 'The answer has not left.',
    oldBehaviour: 'A change after `res.end()` is lost.',
    explain: (difference, place) => explained(difference, ['store', 'calls'].includes(difference.part) && requestIn(place)?.answer[0] === 'changeAfterEnd'),
    diverges: always,
  },
  {
    id: 'no-file-is-no-session',
    what: '`reload` of a session that the store has no file of fails like that of any other that is not there.',
    why: 'The middleware takes ENOENT for that too.',
    oldBehaviour: 'Its error is that of the file.',
    explain: (difference) =>
      difference.part === 'log'
        ? {
            ...difference,
            original: difference.original.map((line) =>
              line.replace('reload called back with Error: get found no file (ENOENT)', 'reload called back with Error: failed to load session'),
            ),
          }
        : difference,
  },
  {
    id: 'saves-look-first',
    what: 'A save first looks whether the session is there; where that look fails, the save has failed.',
    why: 'A save must not bring back what has ended.',
    oldBehaviour: 'A save asks for nothing.',
    explain: (difference, { sequence }) =>
      explained(difference, fails(sequence, 'get') && sequence.steps.flatMap(operationsOf).some(([name]) => name === 'save' || name === 'saveAway')),
    diverges: always,
  },
  {
    id: 'expired-by-hand',
    what: 'A session that a handler saved with an expiry in the past has ended: it is not stored once more, and gets no cookie.',
    why: 'The store has forgotten it already.',
    oldBehaviour: 'It is stored again, and its cookie leaves with the expiry in the past.',
    explain: (difference, { step }) => {
      const names = operationsOf(step).map(([name, attribute, value]) => (name === 'cookie' && attribute === 'maxAge' && value === 0 ? 'expire' : name))
      return explained(
        difference,
        names.includes('expire') && (names.some((name) => ['save', 'saveAway', 'storeTouch'].includes(name)) || (step !== undefined && 'together' in step)),
      )
    },
    diverges: always,
  },
  {
    id: 'expiry-that-is-no-date',
    what: 'A stored session whose expiry is no date is no session.',
    why: 'Nobody knows how long it lives.',
    oldBehaviour: 'Each request with it fails.',
    explain: (difference, { sequence }) =>
      explained(
        difference,
        sequence.steps.some((step) => 'plant' in step && JSON.stringify(step.plant.session).includes('"never"')),
      ),
    diverges: always,
  },
]

/** The list as documentation has it. */
export function differencesTable(): string {
  const rows = differences.map(({ what, oldBehaviour, why }) => `| ${what} | ${oldBehaviour} | ${why} |`)
  return ['| with the drop-in | with the original | why |', '| --- | --- | --- |', ...rows].join('\n')
}
