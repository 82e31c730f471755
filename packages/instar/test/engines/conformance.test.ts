import { conformanceOn } from './conformance-on.ts'

await conformanceOn(['pg', 'pg Client', 'postgres.js', 'PGlite', 'mysql2', 'node-redis', 'ioredis'])
