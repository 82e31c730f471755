import { startRedis } from '@instar/engines'
import { redisStore } from 'instar/stores/redis'
import { createClient } from 'redis'
import { noBatches, type OpenSubject } from './subject.ts'
import { installed } from './versions.ts'

export const onRedis: OpenSubject = async (now) => {
  const engine = await startRedis()
  const client = createClient({ url: engine.url })
  await client.connect()
  const store = redisStore(client, { now })
  return {
    versions: `Redis ${engine.version}, ${installed('redis')}`,
    setup: 'nothing on disk',
    store,
    fill: (rows) => Promise.all(rows.map((row) => store.create(row))), // The driver sends as many at once as wait.
    settle: async () => {},
    bytes: async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]),
    baseline: () => client.ping(),
    batches: noBatches(),
    async close() {
      await client.close()
      await engine.stop()
    },
  }
}
