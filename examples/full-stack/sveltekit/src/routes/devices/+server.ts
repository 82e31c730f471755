import { json } from '@sveltejs/kit'
import { sessions } from '../../sessions.ts'

export const GET = async ({ locals }) => json(await sessions.list(await locals.session.requireUser()))
