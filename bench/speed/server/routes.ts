import { type Actions, items } from './application.ts'
import { gate } from './gate.ts'

/** What a route answers, as JSON. */
export type Answer<Seen> = (seen: Seen, header: (name: string) => string) => Promise<object>

export interface Route<Seen> {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly answer: Answer<Seen>
}

/** The routes that use a session; what they are told comes in headers, so that no parser of bodies is in the figures. */
export function routesOf<Seen>(actions: Actions<Seen>): readonly Route<Seen>[] {
  const get = (path: string, answer: Answer<Seen>): Route<Seen> => ({ method: 'get', path, answer })
  const post = (path: string, answer: Answer<Seen>): Route<Seen> => ({ method: 'post', path, answer })
  return [
    get('/read', async (seen) => actions.read(seen)),
    post('/write', async (seen, header) => {
      const value = header('x-value')
      await actions.write(seen, value)
      return { value }
    }),
    post('/login', async (seen, header) => {
      const user = header('x-user')
      await actions.login(seen, user)
      return { user }
    }),
    post('/logout', async (seen) => {
      await actions.logout(seen)
      return { user: null }
    }),
    post('/fill', async (seen, header) => {
      const size = Number(header('x-size'))
      await actions.fill(seen, items(size))
      return { size }
    }),
    post('/increment', async (seen) => {
      await actions.increment(seen, gate.pass)
      return { added: 1 }
    }),
    get('/count', async (seen) => ({ count: await actions.count(seen) })),
  ]
}

/** The routes by method and path, for what has no router. */
export function tableOf<Seen>(actions: Actions<Seen>): ReadonlyMap<string, Answer<Seen>> {
  return new Map(routesOf(actions).map(({ method, path, answer }) => [`${method.toUpperCase()} ${path}`, answer]))
}
