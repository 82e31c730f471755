const RealDate = Date

/** A `Date` that stands still, so that both libraries see the same moment; timers go on as ever. */
export class Clock {
  #now: number

  constructor(now: number) {
    this.#now = now
  }

  install(): void {
    const now = () => this.#now
    class StillDate extends RealDate {
      constructor(...args: []) {
        super(...((args.length === 0 ? [now()] : args) as []))
      }
      static override now(): number {
        return now()
      }
    }
    globalThis.Date = Object.defineProperty(StillDate, 'name', { value: 'Date' }) as unknown as DateConstructor
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }

  uninstall(): void {
    globalThis.Date = RealDate
  }
}
