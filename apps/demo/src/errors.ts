import type { ErrorRequestHandler, RequestHandler } from 'express'
import { HttpError } from './http-error.ts'
import { errorPage } from './pages/error.ts'
import { layout } from './pages/layout.ts'

export const notFound: RequestHandler = () => {
  throw new HttpError(404, 'There is no such page.')
}

/** Shows what may be shown of an error. It leaves the session alone, because that may be what failed. */
export const showError: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) return next(error)
  const { status, code, message } = described(error)
  if (status >= 500 && message === undefined) console.error(error)
  const { title, content } = errorPage({ status, code, message })
  response.status(status).send(layout({ title, nonce: response.locals['nonce'], path: request.path }, content))
}

function described(error: unknown): { status: number; code: unknown; message: string | undefined } {
  const { status, expose, message, code } = Object(error) as { [name: string]: unknown }
  const isHttp = typeof status === 'number' && status >= 400 && status < 600
  return { status: isHttp ? status : 500, code, message: isHttp && expose === true ? String(message) : undefined }
}
