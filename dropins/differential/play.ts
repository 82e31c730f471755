import type { Where } from '../stores/open-store.ts'
import { type Comparison, compare } from './compare.ts'
import type { KnownDifference } from './known.ts'
import { type Observation, Stage } from './observe.ts'
import type { Sequence } from './sequence.ts'
import { storeDifferences } from './store-differences.ts'
import { StorePlayer } from './store-player.ts'
import { original, ours } from './subjects.ts'

interface PlayOptions {
  /** Whether the original is compared with itself. */
  readonly isMirror?: boolean
  /** A store that people have, and a place for each library; otherwise the stores are those that the sequences name, in memory. */
  readonly store?: { readonly name: string; readonly where: () => Where }
}

type Both = (sequence: Sequence) => Promise<readonly [original: Observation, ours: Observation]>

/** Runs sequences over both libraries and compares what they show. */
export class Play {
  #both: Both | undefined
  #known: readonly KnownDifference[] = []
  #close: () => Promise<unknown> = async () => {}

  async open({ isMirror = false, store }: PlayOptions = {}): Promise<this> {
    if (store) return this.#openStore(store, isMirror)
    const stage = await new Stage().open()
    this.#close = () => stage.close()
    const [first, second] = [original(), isMirror ? original() : await ours()]
    this.#both = async (sequence) => [await stage.run(sequence, first), await stage.run(sequence, second)]
    return this
  }

  async #openStore({ name, where }: NonNullable<PlayOptions['store']>, isMirror: boolean): Promise<this> {
    const [first, second] = [new StorePlayer(name, where(), 'original'), new StorePlayer(name, where(), isMirror ? 'original' : 'ours')]
    this.#close = () => Promise.all([first.close(), second.close()])
    await Promise.all([first.open(), second.open()])
    this.#both = (sequence) => Promise.all([first.run(sequence), second.run(sequence)])
    this.#known = storeDifferences[name] ?? []
    return this
  }

  async close(): Promise<void> {
    await this.#close()
  }

  async compare(sequence: Sequence): Promise<Comparison> {
    if (!this.#both) throw new Error('Not open.')
    const [first, second] = await this.#both(sequence)
    return compare(sequence, first, second, this.#known)
  }
}
