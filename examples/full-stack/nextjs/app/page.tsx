import { readSession } from '@/lib/sessions'

export default async function Page() {
  const { userId } = await readSession()
  return userId === null ? (
    <form method="post" action="/login">
      <input name="name" aria-label="Name" />
      <input name="password" type="password" aria-label="Password" />
      <button type="submit">Log in</button>
    </form>
  ) : (
    <form method="post" action="/logout">
      <button type="submit">Log {userId} out</button>
    </form>
  )
}
