// #region store
import { SessionManager } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { Redis } from 'ioredis'

const client = new Redis(process.env['REDIS_URL'] ?? '', {
  maxRetriesPerRequest: 1, // a request fails while Redis is away, instead of waiting
})
client.on('error', console.error)
export const sessions = new SessionManager({ store: redisStore(client, { prefix: 'shop:' }) })
// #endregion

export const close = () => client.disconnect()
