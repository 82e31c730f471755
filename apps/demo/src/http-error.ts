/** An answer that is an error, with a message for the person who made the request. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly expose = true

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
