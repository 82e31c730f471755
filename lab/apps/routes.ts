import { type Bank, pages, type Shown } from './bank.ts'

/** What one request can do with its session, by the means of its stack. */
export interface Visit {
  shown(): Shown
  login(user: string): Promise<void> | void
  logout(): Promise<void> | void
  /** Writes a value into the session, before or after a login. */
  write(key: 'language' | 'note' | 'news', value: string): void
  /** Notes where a login is to lead to, and gives it. */
  setReturnTo(path: string): void
  returnTo(): string
}

export interface Asked {
  readonly query: { readonly [name: string]: string | undefined }
  readonly body: { readonly [name: string]: string | undefined }
}

export type Answer = { readonly status?: number; readonly html: string } | { readonly redirect: string }

export interface Route {
  readonly method: 'get' | 'post'
  readonly path: string
  answer(visit: Visit, asked: Asked): Promise<Answer> | Answer
}

/** The bank's addresses, for any framework. Redirects are 303. */
export function routesOf(bank: Bank): readonly Route[] {
  const forUsers =
    (answer: (visit: Visit, asked: Asked, user: string) => Promise<Answer> | Answer): Route['answer'] =>
    (visit, asked) => {
      const { user } = visit.shown()
      return user === null ? { redirect: '/login' } : answer(visit, asked, user)
    }
  return [
    { method: 'get', path: '/', answer: (visit) => ({ html: pages.home(visit.shown()) }) },
    {
      method: 'post',
      path: '/language',
      answer(visit, { body }) {
        visit.write('language', body['language'] ?? '')
        return { redirect: '/' }
      },
    },
    {
      method: 'get',
      path: '/login',
      answer(visit, { query }) {
        if (query['returnTo'] !== undefined) visit.setReturnTo(query['returnTo'])
        return { html: pages.login(visit.shown(), false) }
      },
    },
    {
      method: 'post',
      path: '/login',
      async answer(visit, { body }) {
        const user = bank.verify(body['name'], body['password'])
        if (!user) return { status: 401, html: pages.login(visit.shown(), true) }
        await bank.gate.pass('/login')
        const redirect = visit.returnTo()
        await visit.login(user)
        return { redirect }
      },
    },
    { method: 'get', path: '/account', answer: forUsers((visit) => ({ html: pages.account(visit.shown()) })) },
    {
      method: 'post',
      path: '/transfer',
      answer: forUsers((_, { body }, user) => {
        bank.transfer(user, body['to'])
        return { redirect: '/account' }
      }),
    },
    {
      method: 'post',
      path: '/note',
      answer: forUsers(async (visit, { body }) => {
        await bank.gate.pass('/note')
        visit.write('note', body['note'] ?? '')
        return { redirect: '/account' }
      }),
    },
    {
      method: 'get',
      path: '/news',
      async answer(visit) {
        await bank.gate.pass('/news')
        visit.write('news', 'seen')
        return { html: 'The news.' }
      },
    },
    {
      method: 'post',
      path: '/logout',
      async answer(visit) {
        await visit.logout()
        return { redirect: '/' }
      },
    },
  ]
}
