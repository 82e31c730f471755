import { startMariaDb, startPostgres, startRedis } from '../src/index.ts'

// A process that starts servers and never stops them. It waits for its end, or, with the argument 'done', has nothing left to do.

console.log('starting')
const engines = await Promise.all([startPostgres(), startMariaDb(), startRedis()])
console.log(`started ${JSON.stringify(engines.map(({ pid }) => pid))}`)
if (process.argv[2] !== 'done') setInterval(() => {}, 1000)
