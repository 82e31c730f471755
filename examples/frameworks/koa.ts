// #region session
import { SessionManager } from 'instar'
import { instar } from 'instar/adapters/koa'
import { memoryStore } from 'instar/stores/memory'
import Koa, { type Context } from 'koa'
import * as users from '../users.ts'

const sessions = new SessionManager({ store: memoryStore() })
export const app = new Koa()
app.use(instar(sessions))

const routes: { [route: string]: (ctx: Context) => unknown } = {
  'POST /login': async (ctx) => {
    const { name = '', password = '' } = await form(ctx)
    const user = await users.verify(name, password)
    if (!user) return ctx.throw(401, 'The name or the password is wrong.')
    await ctx.session.login(user.id, { keep: ['cart'] })
    ctx.status = 303
    ctx.redirect(ctx.session.returnTo('/'))
  },
  'POST /logout': async (ctx) => {
    await ctx.session.logout()
    ctx.status = 303
    ctx.redirect('/')
  },
  'GET /devices': async (ctx) => {
    ctx.body = await sessions.list(await ctx.session.requireUser())
  },
  'POST /cart': async (ctx) => {
    const { item = '' } = await form(ctx)
    ctx.session.update('cart', (cart = []) => [...cart, item])
    ctx.status = 303
    ctx.redirect('/cart')
  },
  'GET /cart': (ctx) => {
    ctx.body = ctx.session.get('cart') ?? []
  },
}
app.use((ctx) => routes[`${ctx.method} ${ctx.path}`]?.(ctx))
// #endregion

async function form(ctx: Context): Promise<{ [field: string]: string }> {
  let body = ''
  for await (const piece of ctx.req) body += piece
  return Object.fromEntries(new URLSearchParams(body))
}
