import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type { Context } from 'hono'
import type { Actions, Serve } from '../server/application.ts'
import { onHono } from '../server/hono-server.ts'
import { openSqlite } from './drivers.ts'

// Its session is who is logged in; it holds no data of the application. What is read beside the user's name is a field of the user.

const PASSWORD = 'a password that nobody hashes here'
const unused = (): never => {
  throw new Error('A session of better-auth holds no data.')
}

export const serve: Serve = async (setting) => {
  const options = {
    database: await openSqlite(setting),
    baseURL: 'https://shop.example',
    secret: setting.secret,
    emailAndPassword: { enabled: true, password: { hash: async (text: string) => text, verify: async () => true } }, // How long a password takes is not a cost of sessions.
    rateLimit: { enabled: false }, // It is for sign-ins over http, and the server would refuse its own load.
    telemetry: { enabled: false },
    // The documented way to spare the database, for as long as a revoked session may live on.
    session: { cookieCache: { enabled: setting.store === 'SQLite, cookie cache', maxAge: 5 * 60 } },
  }
  await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)

  const carried = (c: Context, { headers }: { readonly headers: Headers }): void => {
    for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true })
  }
  const actions: Actions<Context> = {
    async read(c) {
      const found = await auth.api.getSession({ headers: c.req.raw.headers })
      return { user: found?.user.name ?? null, value: found?.user.image ?? null }
    },
    write: unused,
    async login(c, user) {
      const body = { name: user, email: `${user}@shop.example`, password: PASSWORD, image: 'dark' }
      carried(c, await auth.api.signUpEmail({ body, headers: c.req.raw.headers, returnHeaders: true }))
    },
    logout: async (c) => carried(c, await auth.api.signOut({ headers: c.req.raw.headers, returnHeaders: true })),
    fill: unused,
    increment: unused,
    count: unused,
  }
  return onHono<Context>([], (c) => c, actions)
}
