/** A clock that a test sets; pass its `now` to the manager and the store alike. */
export class TestClock {
  /** Unix milliseconds. */
  time: number

  constructor(time = Date.UTC(2026, 0, 1)) {
    this.time = time
  }

  readonly now = (): number => this.time

  advance(milliseconds: number): void {
    this.time += milliseconds
  }
}
