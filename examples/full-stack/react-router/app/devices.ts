import type { LoaderFunctionArgs } from 'react-router'
import { asResponse, sessionContext, sessions } from './sessions.server.ts'

export const loader = async ({ context }: LoaderFunctionArgs) => sessions.list(await context.get(sessionContext).requireUser().catch(asResponse))
