/** So many are asked for at once at most. */
const MOST = 64

interface Asking<Result> {
  readonly key: string
  readonly resolve: (result: Result | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Asks for what is wanted within one turn of the event loop together: under load most of what a statement costs, the driver and the engine alike, is the statement. Each answer is of
 * after it was asked for. `load` gives what is there by key. Where it fails all who asked hear of it, but where `isOfOneKey` says
 * that one of the keys may be to blame each is asked for alone.
 */
export function together<Result>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Result>>,
  isOfOneKey: (error: unknown) => boolean,
): (key: string) => Promise<Result | undefined> {
  let waiting: Asking<Result>[] = []
  const ask = async (asking: readonly Asking<Result>[]): Promise<void> => {
    try {
      const found = await load([...new Set(asking.map(({ key }) => key))])
      for (const { key, resolve } of asking) resolve(found.get(key))
    } catch (error) {
      // What one of them fails by is not the others' affair; what all of them fail by is not to be asked for again by each.
      if (asking.length > 1 && isOfOneKey(error)) for (const each of asking) void ask([each])
      else for (const { reject } of asking) reject(error)
    }
  }
  const askAll = (): void => {
    const all = waiting
    waiting = []
    for (let at = 0; at < all.length; at += MOST) void ask(all.slice(at, at + MOST))
  }
  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(askAll)
      waiting.push({ key, resolve, reject })
    })
}

/** As many as a power of two, the last one over and over: a statement has few forms then, which an engine or a driver may keep. */
export function padded(keys: readonly string[]): readonly string[] {
  const count = 2 ** Math.ceil(Math.log2(keys.length))
  return Array.from({ length: count }, (_, at) => keys[at] ?? (keys.at(-1) as string))
}
