import { applyCommit, asksAnything, type CommitResult, type HeadLike } from '../core/http.ts'

/** Headers that protect any answer, so that the error's answer keeps them; the others of an answer that is thrown away go with it. */
const PROTECTIVE =
  /^(content-security-policy|strict-transport-security|referrer-policy|permissions-policy|x-(content-type-options|frame-options|permitted-cross-domain-policies|robots-tag|xss-protection)$|cross-origin-|origin-agent-cluster|access-control-|vary$)/

export const isProtective = (name: string): boolean => PROTECTIVE.test(name)

/** The headers of a web response as a commit writes them. */
class WebHead implements HeadLike {
  readonly #headers: Headers

  constructor(headers: Headers) {
    this.#headers = headers
  }

  get(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined
  }

  set(name: string, value: string): void {
    this.#headers.set(name, value)
  }

  append(name: string, value: string): void {
    this.#headers.append(name, value)
  }
}

/**
 * A response with what a commit asks of its head. With a cookie it is always another one: the application may answer several requests with one `Response`, and the cookie
 * of one person must not stay on it. What only keeps it from caches is written on it where it lets us, since a copy costs as much as all else. An upgrade (101) or an error
 * response takes no headers and is given back as it is.
 */
export function withCommit(response: Response, result: CommitResult): Response {
  if (!asksAnything(result) || response.status < 200) return response
  if (result.setCookie.length === 0 && isWritten(response, result)) return response
  const answer = new Response(response.body, response)
  applyCommit(result, new WebHead(answer.headers))
  return answer
}

/** What came by `fetch` takes no headers. */
function isWritten(response: Response, result: CommitResult): boolean {
  try {
    applyCommit(result, new WebHead(response.headers))
    return true
  } catch {
    return false
  }
}
