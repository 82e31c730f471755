// #region store
import { SessionManager } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { createSentinel } from 'redis'

const port = Number(process.env['SENTINEL_PORT'])
const sentinel = createSentinel({ name: 'instar', sentinelRootNodes: [{ host: '127.0.0.1', port }] })
sentinel.on('error', console.error)
await sentinel.connect()
export const sessions = new SessionManager({ store: redisStore(sentinel, { prefix: 'shop:' }) })
// #endregion

export const close = () => sentinel.close()
