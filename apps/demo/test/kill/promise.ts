import { Client, type Me } from '../support/client.ts'

/** What a client was told by the answers that reached it, and so may count on. */
export interface Promised {
  readonly cookies: ReadonlyMap<string, string>
  readonly user: string | null
  /** How many items were acknowledged. */
  readonly cart: number
  /** A login or logout was under way when the process was killed: the session may be over, but can be nobody else's. */
  readonly isUnsettled: boolean
}

/** Where the session, as the restarted process shows it, falls short of what the client was told; undefined when it does not. */
export async function shortfall(origin: string, { cookies, user, cart, isUnsettled }: Promised): Promise<string | undefined> {
  const client = new Client(origin)
  for (const [name, value] of cookies) client.cookies.set(name, value)
  const me: Me = await client.me()
  if (isUnsettled && me.user === null) return undefined
  if (me.user !== user) return `the session of ${user ?? 'a guest'} is that of ${me.user ?? 'a guest'}`
  if (me.cart.length < cart) return `the cart of ${user ?? 'a guest'} holds ${me.cart.length} items, and ${cart} were acknowledged`
  return undefined
}
