import { hash } from 'node:crypto'
import { type Session, SessionManager, type SessionRow } from 'instar'
import { memoryStore } from 'instar/stores/memory'

type Data = { cart: string[]; locale: string }

const DEVICE = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const HOUR = 3_600_000

/** When the first half of the rows has expired, and the second has not, in milliseconds after the start. */
export const HALF_EXPIRED = 4 * HOUR

/** Rows as the manager would have written them, each found again by its number: nine logins to one anonymous session, users with one to three sessions each. */
export interface Population {
  row(number: number): SessionRow
  isLogin(number: number): boolean
  /** Whether it is of the half that expires first. */
  isFirst(number: number): boolean
}

/** `steps` are the sizes to which the table grows: a user's sessions all come within one step, far apart. */
export async function populationOf(steps: readonly number[], start: number): Promise<Population> {
  const login = await written(start, (session) => session.login('template', { method: 'password', device: DEVICE }))
  const anonymous = await written(start, () => {})
  const isLogin = (number: number): boolean => number % 10 !== 9
  const isFirst = (number: number): boolean => Number.parseInt(hash('sha256', `half ${number}`).slice(0, 2), 16) % 2 === 0
  return {
    isLogin,
    isFirst,
    row(number) {
      const template = isLogin(number) ? login : anonymous
      const [head = ''] = template.payload.split('\n')
      const spread = (number * 7919) % HOUR
      const cart = JSON.stringify([1, 2, 3].map((nth) => digest(`item ${nth}`, number).slice(0, 24)))
      const locale = '"en"'
      const keys = [
        ['cart', cart.length],
        ['locale', locale.length],
      ]
      const payload = `${JSON.stringify({ ...JSON.parse(head), createdAt: start - spread, keys })}\n${cart}${locale}`
      return {
        id: digest('id', number).slice(0, 22),
        userId: isLogin(number) ? userOf(steps, number) : null,
        secretHash: digest('secret', number),
        version: 1,
        expiresAt: start + (isFirst(number) ? 2 * HOUR : 14 * 24 * HOUR) + spread,
        endsAt: start + 30 * 24 * HOUR,
        payload,
      }
    },
  }
}

/** The row of a session with some data in it, written by a manager. */
async function written(start: number, act: (session: Session<Data>) => unknown): Promise<SessionRow> {
  const store = memoryStore({ now: () => start })
  const session = await new SessionManager<Data>({ store, now: () => start }).open({ method: 'GET', url: 'https://shop.example/', headers: new Headers() })
  await act(session)
  session.set('cart', [])
  session.set('locale', 'en')
  await session.commit({ status: 200 })
  const row = await store.find(session.handle ?? '')
  if (!row) throw new Error('The manager wrote no row.')
  return row
}

const digest = (what: string, number: number): string => hash('sha256', `${what} ${number}`, 'base64url')

const loginsBefore = (number: number): number => number - Math.floor(number / 10)

/** First each user of the step has one session, then two thirds of them a second, then one third a third. */
function userOf(steps: readonly number[], number: number): string {
  const from = steps.findLast((size) => size <= number) ?? 0
  const to = steps.find((size) => size > number) ?? number + 1
  const users = Math.ceil((loginsBefore(to) - loginsBefore(from)) / 2)
  const nth = loginsBefore(number) - loginsBefore(from)
  const user = nth < users ? nth : (nth - users) % Math.ceil((users * 2) / 3)
  const text = hash('sha256', `user ${from} ${user}`)
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20, 32)].join('-')
}
