import type { Request, Response } from 'express'
import { csrfField } from './form.ts'
import type { Html } from './html.ts'
import { layout } from './pages/layout.ts'

export interface Page {
  readonly title: string
  readonly content: Html
}

/** Answers with a page, in the frame that its visitor sees. */
export async function showPage(request: Request, response: Response, { title, content }: Page, status = 200): Promise<void> {
  const { session } = request
  const account = await session.user()
  const notices = session.flashes('notice').map(({ message }) => String(message))
  const visitor = account ? { username: account.username, isAdministrator: account.role === 'administrator', csrf: csrfField(request) } : null
  const frame = { title, nonce: response.locals['nonce'], path: request.path, visitor, notices }
  response.status(status).send(layout(frame, content))
}
