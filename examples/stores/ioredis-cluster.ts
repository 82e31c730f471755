// #region store
import { SessionManager } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { Cluster } from 'ioredis'

const cluster = new Cluster([process.env['REDIS_URL'] ?? ''])
cluster.on('error', console.error)
export const sessions = new SessionManager({ store: redisStore(cluster, { prefix: 'shop:' }) })
// #endregion

export const close = () => cluster.disconnect()
