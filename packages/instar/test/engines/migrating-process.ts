// One of several processes that make the tables at the same moment: says that it is ready, and goes when told to.
import { openStore, type Place } from './drivers.ts'

const place: Place = JSON.parse(process.argv[2] ?? '')
process.send?.('ready')
process.once('message', async () => {
  const { close } = await openStore(place)
  await close()
  process.disconnect()
})
