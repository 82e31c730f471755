import type { Route } from './+types/home'
import { sessionContext } from './sessions.server.ts'

export const loader = ({ context }: Route.LoaderArgs) => ({ user: context.get(sessionContext).userId })

export default function Home({ loaderData: { user } }: Route.ComponentProps) {
  return <p>{user === null ? 'Nobody is logged in.' : `You are ${user}.`}</p>
}
