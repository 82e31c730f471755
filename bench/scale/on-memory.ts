import { memoryStore } from 'instar/stores/memory'
import { noBatches, type OpenSubject } from './subject.ts'

export const onMemory: OpenSubject = async (now, rows) => {
  const { gc } = globalThis
  if (!gc) throw new Error('This needs node --expose-gc.')
  const store = memoryStore({ now, maxRows: rows * 2 })
  return {
    versions: `Node ${process.versions.node}`,
    setup: 'the heap of a process of its own',
    store,
    fill: (batch) => Promise.all(batch.map((row) => store.create(row))),
    settle: async () => gc(),
    bytes: async () => process.memoryUsage().heapUsed,
    baseline: async () => {},
    batches: noBatches(),
    close: async () => {},
  }
}
