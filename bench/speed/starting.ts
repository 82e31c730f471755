import { isBare, type Subject } from './catalogue.ts'
import { Contender, type ContenderOptions } from './contender.ts'
import type { Homes } from './homes.ts'
import type { Places } from './places.ts'
import { ServerProcess } from './process.ts'
import type { Work } from './works/work.ts'

export interface Start extends ContenderOptions {
  readonly core?: number | undefined
  /** Whether statements and bytes are counted, which costs. */
  readonly isCounted?: boolean
  readonly middlewares?: number
  readonly rows?: number
}

const SECRET = 'a secret for signing cookies, long enough for all'

/** So large that nothing is collected while bytes are counted. */
const NO_COLLECTION = ['--min-semi-space-size=512', '--max-semi-space-size=512']

/** Starts a server of a subject in a place of its own. */
export async function start(subject: Subject, homes: Homes, places: Places, options: Start = {}): Promise<Contender> {
  const { isCounted = false, middlewares = 0, rows = 0, core } = options
  const { framework, store, file, home } = subject
  const setting = { framework, store, secret: SECRET, middlewares, rows, ...(await places.place(subject)) }
  const server = await ServerProcess.start({ subject: file, home: homes[home], isCounted, setting }, { core, flags: isCounted ? NO_COLLECTION : [] })
  return new Contender(subject, server, options)
}

/** The same for some works: given a cookie that was good elsewhere, made with the same secret, of a session in a store that is gone. */
export async function startFor(works: readonly Work[], subject: Subject, homes: Homes, places: Places, options: Start = {}): Promise<Contender> {
  const needsCookie = works.some(({ name }) => name === 'dead cookie') && !isBare(subject) && subject.cannot['dead cookie'] === undefined
  if (!needsCookie) return start(subject, homes, places, options)
  const elsewhere = await start(subject, homes, places)
  try {
    const [visitor] = await elsewhere.loggedIn(1, 200)
    return await start(subject, homes, places, { ...options, deadCookie: visitor?.cookie })
  } finally {
    await elsewhere.stop()
  }
}
