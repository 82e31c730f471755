import { type Comparison, compare } from './compare.ts'
import { Stage } from './observe.ts'
import type { Sequence } from './sequence.ts'
import { original, ours, type Subject } from './subjects.ts'

/** Runs sequences over both libraries and compares what they show. */
export class Play {
  readonly #stage = new Stage()
  readonly #original = original()
  #ours: Subject | undefined

  /** With `isMirror`, the original is compared with itself. */
  async open({ isMirror = false } = {}): Promise<this> {
    await this.#stage.open()
    this.#ours = isMirror ? this.#original : await ours()
    return this
  }

  close(): Promise<void> {
    return this.#stage.close()
  }

  async compare(sequence: Sequence): Promise<Comparison> {
    const first = await this.#stage.run(sequence, this.#original)
    const second = await this.#stage.run(sequence, this.#ours as Subject)
    return compare(sequence, first, second)
  }
}
