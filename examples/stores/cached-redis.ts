// #region store
import { SessionManager } from 'instar'
import { cachedStore } from 'instar/stores/cached'
import { redisStore } from 'instar/stores/redis'
import { redisChanges } from 'instar/stores/redis-changes'
import { createClient } from 'redis'

const client = createClient({ url: process.env['REDIS_URL'] ?? '', disableOfflineQueue: true })
client.on('error', console.error)
await client.connect()
const changes = redisChanges(client, { prefix: 'shop:' }) // a connection like the client's, of its own
const store = cachedStore(redisStore(client, { prefix: 'shop:' }), { changes, maxStaleness: 5_000 })
export const sessions = new SessionManager({ store })
// #endregion

export async function close(): Promise<void> {
  await store.stop()
  await client.close()
}
