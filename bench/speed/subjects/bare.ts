import type { Actions, Serve, Served, Setting } from '../server/application.ts'

/** Gives the answers that a session would, and has none. */
const actions: Actions<unknown> = {
  read: () => ({ user: 'ann', value: 'dark' }),
  write() {},
  login() {},
  logout() {},
  fill() {},
  increment: (_, others) => others(),
  count: () => 0,
}

/** Only what is used is imported, as in an application. */
const servers: { readonly [framework: string]: (setting: Setting) => Promise<Served> } = {
  'node:http': async () => (await import('../server/http-server.ts')).onHttp((handler) => (req, res) => handler(req, res, undefined), actions),
  Express: async (setting) => (await import('../server/express-server.ts')).onExpress(setting, [], actions),
  Fastify: async () => (await import('../server/fastify-server.ts')).onFastify([], actions),
  Koa: async () => (await import('../server/koa-server.ts')).onKoa(() => [], actions),
  Hono: async () => (await import('../server/hono-server.ts')).onHono([], () => undefined, actions),
}

export const serve: Serve = (setting) => (servers[setting.framework] as (typeof servers)[string])(setting)
