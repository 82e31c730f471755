// #region store
import { SessionManager } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { createCluster } from 'redis'

const cluster = createCluster({ rootNodes: [{ url: process.env['REDIS_URL'] ?? '' }] })
cluster.on('error', console.error)
await cluster.connect()
export const sessions = new SessionManager({ store: redisStore(cluster, { prefix: 'shop:' }) })
// #endregion

export const close = () => cluster.close()
