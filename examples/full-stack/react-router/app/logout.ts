import { type ActionFunctionArgs, redirect } from 'react-router'
import { sessionContext } from './sessions.server.ts'

export const action = async ({ context }: ActionFunctionArgs) => {
  await context.get(sessionContext).logout()
  return redirect('/', 303)
}
