// Counts the statements of each kind of request on each engine and writes them to bench/figures/statements.json.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hourOfReads, KINDS, prepared } from './statements-kinds.ts'
import { COUNTED, type Counted, openSubject, type Subject } from './statements-subjects.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const FILE = fileURLToPath(new URL('../../../../bench/figures/statements.json', import.meta.url))

async function counted({ store, clock, counter, versions }: Subject): Promise<object> {
  const requests: { [title: string]: object } = {}
  for (const kind of KINDS) {
    await (await prepared(kind, store, clock))()
    requests[kind.title] = await counter.count(await prepared(kind, store, clock))
  }
  const { reads, minutesOfWrites } = await hourOfReads(store, clock, counter.count)
  return { versions: versions.join(', '), requests, 'an hour of a request a minute': { reads, writes: minutesOfWrites.length } }
}

const drivers: { [driver in Counted]?: object } = {}
for (const driver of COUNTED) {
  const subject = await openSubject(driver)
  if (!subject) throw new Error(`The server of ${driver} is not on this machine; "npm test" says how to get it.`)
  try {
    drivers[driver] = await counted(subject)
  } finally {
    await subject.close()
  }
}

const command = `node --conditions=instar-source ${relative(ROOT, fileURLToPath(import.meta.url))}`
const figures = {
  command,
  date: new Date().toISOString(),
  operations: Object.fromEntries(KINDS.map(({ title, operations }) => [title, operations.join(', ')])),
  drivers,
}
writeFileSync(FILE, `${JSON.stringify(figures, null, 2)}\n`)
console.log(`${relative(ROOT, FILE)}: ${KINDS.length} kinds of request by ${Object.keys(drivers).length} drivers`)
