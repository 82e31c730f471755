// #region store
import { SessionManager } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { createClient } from 'redis'

// Without the queue a request fails at once while Redis is away, instead of waiting.
const client = createClient({ url: process.env['REDIS_URL'] ?? '', disableOfflineQueue: true })
client.on('error', console.error) // without a listener, a lost connection ends the process
await client.connect()
export const sessions = new SessionManager({ store: redisStore(client, { prefix: 'shop:' }) })
// #endregion

export const close = () => client.close()
