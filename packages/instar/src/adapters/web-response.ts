import { applyCommit, type CommitResult } from '../core/http.ts'

/** Headers that protect any answer, so that the error's answer keeps them; the others of an answer that is thrown away go with it. */
const PROTECTIVE =
  /^(content-security-policy|strict-transport-security|referrer-policy|permissions-policy|x-(content-type-options|frame-options|permitted-cross-domain-policies|robots-tag|xss-protection)$|cross-origin-|origin-agent-cluster|access-control-|vary$)/

export const isProtective = (name: string): boolean => PROTECTIVE.test(name)

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
