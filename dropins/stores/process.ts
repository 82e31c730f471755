import { requireHere, type SessionFunction } from '../differential/subjects.ts'
import { scenarios, serving } from '../promises/scenarios.ts'
import { stores, type Where } from './open-store.ts'

// One store under one library: prints what came of each look, as JSON.

const [name = '', where = '{}'] = process.argv.slice(2)
const session = requireHere('express-session') as SessionFunction
const place = JSON.parse(where) as Where
const ground = await stores[name]?.open(place)
if (!ground) throw new Error(`There is no store ${name}.`)

const found: { [look: string]: unknown } = {}
const store = ground.make(session)
const at = { session, options: { store }, hold: () => Promise.reject() as never, refuse() {} }

found['kept'] = await serving(at, {}, async (browser) => {
  await browser.send('/start')
  await browser.post('/login')
  const jar = browser.jar
  // Another application on another store object, as another process has it. One that keeps its sessions in itself has no other.
  const other = name === 'memorystore' ? store : ground.make(session)
  const who = await serving({ ...at, options: { store: other } }, {}, async (elsewhere) => {
    for (const [cookie, value] of jar) elsewhere.jar.set(cookie, value)
    return (await elsewhere.send('/who')).body
  })
  const copy = browser.copy()
  await browser.post('/logout')
  return [who, (await copy.send('/who')).body]
})
found['rolling'] = await serving({ ...at, options: { store, rolling: true, cookie: { maxAge: 60_000, sameSite: 'lax' } } }, {}, async (browser) => {
  await browser.post('/login')
  const { setCookie, body } = await browser.send('/who')
  return [setCookie.length, body]
})
for (const { title, run } of scenarios.slice(0, 3)) found[title] = await run(at)
for (const method of ['all', 'length'] as const) {
  if (typeof store[method] !== 'function') continue
  found[method] = await new Promise((resolve) => store[method]?.((error) => resolve(error ? String(error) : 'answered')))
}
await ground.close()
console.log(JSON.stringify(found))
process.exit(0)
