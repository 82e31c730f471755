import { type Session, SessionManager, type SessionStore } from 'instar'
import type { Actions, Item, Serve, Served, Setting } from '../server/application.ts'
import { connectRedis, openPool, openSqlite } from './drivers.ts'
import { seeding } from './rows.ts'

interface Data {
  value: string
  items: readonly Item[]
  count: number
}

interface Seen {
  readonly session: Session<Data>
}

const actions: Actions<Seen> = {
  read: ({ session }) => ({ user: session.userId, value: session.get('value') ?? null }),
  write: ({ session }, value) => session.set('value', value),
  login: ({ session }, user) => session.login(user),
  logout: ({ session }) => session.logout(),
  fill: ({ session }, items) => session.set('items', items),
  async increment({ session }, others) {
    await others()
    session.update('count', (count = 0) => count + 1)
  },
  count: ({ session }) => session.get('count') ?? 0,
}

/** Only what is used is imported, as in an application. */
const stores: { readonly [store: string]: (setting: Setting) => Promise<SessionStore> } = {
  async memory({ rows }) {
    const { memoryStore } = await import('instar/stores/memory')
    return memoryStore(rows > 100_000 ? { maxRows: rows } : {})
  },
  async Redis(setting) {
    const { redisStore } = await import('instar/stores/redis')
    return redisStore(await connectRedis(setting), { prefix: `${setting.name}:` })
  },
  async PostgreSQL(setting) {
    const { postgresStore } = await import('instar/stores/postgres')
    const store = postgresStore(await openPool(setting), { table: setting.name })
    await store.migrate()
    return store
  },
  async 'Redis, near cache'(setting) {
    const [{ redisStore }, { redisChanges }, { cachedStore }] = await Promise.all([
      import('instar/stores/redis'),
      import('instar/stores/redis-changes'),
      import('instar/stores/cached'),
    ])
    const client = await connectRedis(setting)
    const prefix = `${setting.name}:`
    return cachedStore(redisStore(client, { prefix }), { changes: redisChanges(client, { prefix }) })
  },
  async 'PostgreSQL, near cache'(setting) {
    const [{ default: pg }, { postgresStore }, { postgresChanges }, { cachedStore }] = await Promise.all([
      import('pg'),
      import('instar/stores/postgres'),
      import('instar/stores/postgres-changes'),
      import('instar/stores/cached'),
    ])
    const store = postgresStore(await openPool(setting), { table: setting.name })
    await store.migrate()
    const changes = postgresChanges(() => new pg.Client({ connectionString: setting.url }), { table: setting.name })
    await changes.migrate()
    return cachedStore(store, { changes })
  },
  async SQLite(setting) {
    const { sqliteStore } = await import('instar/stores/sqlite')
    return sqliteStore(await openSqlite(setting))
  },
}

type Sessions = SessionManager<Data>

const servers: { readonly [framework: string]: (sessions: Sessions, setting: Setting, seed: Served['seed']) => Promise<Served> } = {
  async 'node:http'(sessions, _, seed) {
    const [{ onHttp }, { withSession }] = await Promise.all([import('../server/http-server.ts'), import('instar/adapters/node')])
    return onHttp<Seen>((handler) => withSession(sessions, (req, res, session) => handler(req, res, { session })), actions, seed)
  },
  async Express(sessions, setting, seed) {
    const [{ onExpress }, { instar }] = await Promise.all([import('../server/express-server.ts'), import('instar/adapters/express-untyped')])
    return onExpress(setting, [instar(sessions)], actions, seed)
  },
  async Fastify(sessions, _, seed) {
    const [{ onFastify }, { instar }] = await Promise.all([import('../server/fastify-server.ts'), import('instar/adapters/fastify')])
    return onFastify([{ plugin: instar(sessions) }], actions, seed)
  },
  async Koa(sessions, _, seed) {
    const [{ onKoa }, { instar }] = await Promise.all([import('../server/koa-server.ts'), import('instar/adapters/koa')])
    return onKoa(() => [instar(sessions)], actions, seed)
  },
  async Hono(sessions, _, seed) {
    const [{ onHono, sessionIn }, { instar }] = await Promise.all([import('../server/hono-server.ts'), import('instar/adapters/hono')])
    return onHono([instar(sessions)], (c) => ({ session: sessionIn(c) }), actions, seed)
  },
}

export const serve: Serve = async (setting) => {
  const { framework, store: engine } = setting
  const store = await (stores[engine] as (typeof stores)[string])(setting)
  // As the guide has it for what stands behind a proxy: one origin settles secure cookies and the guard against forged requests.
  const sessions = new SessionManager<Data>({ store, origin: 'https://shop.example' })
  return (servers[framework] as (typeof servers)[string])(sessions, setting, seeding(setting, store))
}
