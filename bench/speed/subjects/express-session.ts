// Serves the original and the drop-in alike: what `express-session` is, the installation decides.
import { hash } from 'node:crypto'
import session from 'express-session'
import { type Actions, type Item, items, type Serve, type Served, type Setting } from '../server/application.ts'
import { onExpress } from '../server/express-server.ts'
import { resolved } from './callbacks.ts'
import { connectRedis, insertAll, openPool, openSqlite } from './drivers.ts'

export interface Data {
  user?: string
  value?: string
  items?: readonly Item[]
  count?: number
}

export interface Seen {
  readonly session: Data & {
    regenerate(done: (error?: unknown) => void): unknown
    save(done: (error?: unknown) => void): unknown
    destroy(done: (error?: unknown) => void): unknown
  }
}

export const actions: Actions<Seen> = {
  read: ({ session: { user, value } }) => ({ user: user ?? null, value: value ?? null }),
  write({ session }, value) {
    session.value = value
  },
  // A new id at login, as the documentation shows it; the save that it also shows there is for redirects, and the end of the request saves anyway.
  async login(req, user) {
    await resolved((done) => req.session.regenerate(done))
    req.session.user = user
  },
  logout: ({ session }) => resolved((done) => session.destroy(done)),
  fill({ session }, items) {
    session.items = items
  },
  async increment({ session }, others) {
    await others()
    session.count = (session.count ?? 0) + 1
  },
  count: ({ session }) => session.count ?? 0,
}

type Store = session.Store

const stores: { readonly [store: string]: (setting: Setting) => Promise<Store> } = {
  memory: async () => new session.MemoryStore(),
  async Redis(setting) {
    const { RedisStore } = await import('connect-redis')
    return new RedisStore({ client: await connectRedis(setting), prefix: `${setting.name}:` })
  },
  async PostgreSQL(setting) {
    const { default: pgSimple } = await import('connect-pg-simple')
    return new (pgSimple(session))({ pool: await openPool(setting), tableName: setting.name, createTableIfMissing: true })
  },
  async SQLite(setting) {
    const { default: sqliteStore } = await import('better-sqlite3-session-store')
    return new (sqliteStore(session))({ client: await openSqlite(setting), expired: { clear: true, intervalMs: 900_000 } }) // A purge every 15 minutes, as documented.
  },
}

/** The middleware with the options for production. */
export async function middleware(setting: Setting): Promise<{ readonly use: unknown; readonly store: Store }> {
  const store = await (stores[setting.store] as (typeof stores)[string])(setting)
  const use = session({
    store,
    secret: setting.secret,
    resave: false, // Every store here has `touch`, so the documentation says to leave it out.
    saveUninitialized: false, // What it recommends for logins: nothing is stored for visitors who have nothing.
    cookie: { secure: true, sameSite: 'lax', maxAge: 24 * 60 * 60 * 1000 },
  })
  return { use, store }
}

/** Stores logins of others: in SQLite past the store, which has a transaction for each. */
export function seedStore(setting: Setting, store: Store): NonNullable<Served['seed']> {
  const expires = new Date(Date.now() + 86_400_000)
  const sidOf = (nth: number): string => hash('sha256', `${setting.name} ${nth}`, 'base64url').slice(0, 32)
  const sess = (nth: number): object => ({
    cookie: { originalMaxAge: 86_400_000, expires, httpOnly: true, path: '/' },
    user: `u${nth}`,
    value: 'dark',
    items: items(200),
  })
  if (setting.store === 'SQLite') {
    const row = (nth: number): object => ({ sid: sidOf(nth), sess: JSON.stringify(sess(nth)), expire: expires.toISOString() })
    return (from, to) => insertAll(setting, 'INSERT INTO sessions VALUES (@sid, @sess, @expire)', row, from, to)
  }
  return async (from, to) => {
    for (let nth = from; nth < to; nth++) await resolved((done) => store.set(sidOf(nth), sess(nth), done))
  }
}

export const serve: Serve = async (setting) => {
  const { use, store } = await middleware(setting)
  return onExpress(setting, [use], actions, seedStore(setting, store))
}
