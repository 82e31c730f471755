import { conformanceOn } from './conformance-on.ts'

await conformanceOn(['node-redis Cluster', 'ioredis Cluster', 'node-redis Sentinel', 'ioredis Sentinel'])
