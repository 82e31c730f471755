/** What `failWithError` passes on: the failure of a request to authenticate itself, with the status of its answer. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  readonly status: number

  constructor(message?: string, status?: number) {
    super(message)
    this.status = status || 401
  }
}
