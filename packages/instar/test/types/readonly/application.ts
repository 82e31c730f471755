// What a session gives cannot be changed in place, to any depth: such a change would be lost.
import { type DeepReadonly, SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import type { Equal, Expect } from './equal.ts'

interface Data {
  cart: { items: { sku: string; tags: string[] }[]; note?: string }
  step: 'one' | 'two'
  pair: [name: string, count: { n: number }]
}

const sessions = new SessionManager<Data>({ store: memoryStore() })
const session = await sessions.open(new Request('https://shop.example/'))
const cart = session.get('cart')
type _Cart = Expect<
  Equal<typeof cart, { readonly items: readonly { readonly sku: string; readonly tags: readonly string[] }[]; readonly note?: string } | undefined>
>
type _Step = Expect<Equal<ReturnType<typeof session.get<'step'>>, 'one' | 'two' | undefined>>
type _Pair = Expect<Equal<ReturnType<typeof session.get<'pair'>>, readonly [name: string, count: { readonly n: number }] | undefined>>

if (cart) {
  // @ts-expect-error: a field
  cart.note = 'x'
  // @ts-expect-error: a list
  cart.items.push({ sku: 'a', tags: [] })
  // @ts-expect-error: an item
  cart.items[0] = { sku: 'a', tags: [] }
  // @ts-expect-error: a field of an item
  for (const item of cart.items) item.sku = 'b'
  // @ts-expect-error: a list in an item
  for (const item of cart.items) item.tags.push('c')
  session.set('cart', { ...cart, note: 'x' })
  session.set('cart', cart)
}
session.update('cart', (now) => {
  // @ts-expect-error: the function gives a new value
  if (now) now.note = 'x'
  return { items: [...(now?.items ?? []), { sku: 'a', tags: [] }] }
})
// @ts-expect-error: one of two
session.set('step', 'three')
for (const { message } of session.flashes()) if (typeof message === 'object' && message !== null && 'a' in message) console.log(message)

export type _Kept = DeepReadonly<Data>
