import { Router } from 'express'
import { findItem, MOST_IN_CART } from '../catalogue.ts'
import { csrfField, field } from '../form.ts'
import { HttpError } from '../http-error.ts'
import { shopPage } from '../pages/shop.ts'
import { showPage } from '../show-page.ts'

export function shopRoutes(): Router {
  const router = Router()

  router.get('/', async (request, response) => {
    const isGuest = (await request.session.user()) === undefined
    const cart = request.session.get('cart') ?? []
    await showPage(request, response, shopPage({ cart, isGuest, csrf: csrfField(request) }))
  })

  router.get('/me', async (request, response) => {
    const { session } = request
    const account = await session.user()
    response.json({ user: account?.username ?? null, handle: session.handle, level: session.level, cart: session.get('cart') ?? [] })
  })

  router.post('/cart', (request, response) => {
    const item = field(request, 'item')
    const remove = field(request, 'remove')
    if (findItem(item || remove) === undefined) throw new HttpError(422, 'The shop has no such item.')
    request.session.update('cart', (cart = []) => (item === '' ? withoutOne(cart, remove) : withOneMore(cart, item)))
    response.redirect(303, '/')
  })

  return router
}

const withOneMore = (cart: readonly string[], item: string): readonly string[] => (cart.length < MOST_IN_CART ? [...cart, item] : cart)

const withoutOne = (cart: readonly string[], item: string): readonly string[] => cart.toSpliced(cart.lastIndexOf(item), cart.includes(item) ? 1 : 0)
