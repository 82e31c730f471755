import { stores, type Where } from '../stores/open-store.ts'
import { type Observation, Stage } from './observe.ts'
import type { Sequence } from './sequence.ts'
import { StoreRecording } from './store-recording.ts'
import { requireHere, type SessionFunction, type Subject } from './subjects.ts'

// One store under one library, which is what `express-session` resolves to here: runs each sequence that it is sent, and answers with what could be seen.

const [name = '', where = '{}'] = process.argv.slice(2)
const place = JSON.parse(where) as Where
const kind = stores[name]
if (!kind) throw new Error(`There is no store ${name}.`)
const ground = await kind.open(place)
ground.followDate?.()
const subject: Subject = { name: 'ours', session: requireHere('express-session') as SessionFunction }
const stage = await new Stage(async (_sequence, { session }) => {
  await ground.empty()
  return new StoreRecording(ground.make(session), kind.ownKeys, ground.age)
}).open()
/** Errors name the place, which is another for each library. */
const anywhere = (observation: Observation): Observation => JSON.parse(JSON.stringify(observation).replaceAll(place.name, 'the_place'))

process.on('message', async (sequence: Sequence) => {
  try {
    process.send?.({ observation: anywhere(await stage.run(sequence, subject)) })
  } catch (error) {
    process.send?.({ failure: `${sequence.title}: ${(error as Error).stack}` })
  }
})
process.once('disconnect', async () => {
  await stage.close()
  await ground.close()
  process.exit(0) // A store may have timers that nobody can clear.
})
process.send?.({ isReady: true })
