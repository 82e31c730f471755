import { applyCommit, type CommitResult } from '../core/http.ts'

/**
 * A response with what a commit asks of its head. It is another one where anything is asked: the application may answer several requests with one `Response`, and the cookie
 * of one person must not stay on it. An upgrade (101) or an error response takes no headers and is given back as it is.
 */
export function withCommit(response: Response, result: CommitResult): Response {
  const isPlain = result.setCookie.length === 0 && !result.personal && !result.varies
  if (isPlain || response.status < 200) return response
  const answer = new Response(response.body, response)
  applyCommit(result, {
    get: (name) => answer.headers.get(name) ?? undefined,
    set: (name, value) => answer.headers.set(name, value),
    append: (name, value) => answer.headers.append(name, value),
  })
  return answer
}
