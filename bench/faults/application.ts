// The application in a process of its own: serves the orders that come over the channel, and says nothing of one before its answer is whole.

import type { Message, Setup } from './application-process.ts'
import { openStore } from './drivers.ts'
import { flawed } from './flawed-stores.ts'
import { Shop } from './shop.ts'

const { place, flaw }: Setup = JSON.parse(process.argv[2] ?? '')
const opened = await openStore(place)
const shop = new Shop(flaw ? flawed(opened.store, flaw) : opened.store)

process.on('message', async (message: Message) => {
  if ('limitPages' in message) return opened.limitPages?.(message.limitPages)
  const answer = await shop.serve(message.order)
  process.send?.({ id: message.id, answer })
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
