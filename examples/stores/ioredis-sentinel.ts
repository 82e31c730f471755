// #region store
import { SessionManager } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { Redis } from 'ioredis'

const port = Number(process.env['SENTINEL_PORT'])
const client = new Redis({ name: 'instar', sentinels: [{ host: '127.0.0.1', port }], maxRetriesPerRequest: 1 })
client.on('error', console.error)
export const sessions = new SessionManager({ store: redisStore(client, { prefix: 'shop:' }) })
// #endregion

export const close = () => client.disconnect()
