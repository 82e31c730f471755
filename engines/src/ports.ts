import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

export const HOST = '127.0.0.1'

/** How far above its own port a node of a Redis cluster listens to the other nodes. */
const BUS = 10_000

/**
 * A port that is free at this moment, as is the one 10000 above it. It is not one of those that the system hands out to outgoing connections: there a
 * client that tries again and again to reach a killed server would sooner or later get the server's port for its own end, and be connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 22_000)
    if ((await isFree(port)) && (await isFree(port + BUS))) return port
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, HOST, () => server.close(() => resolve(true)))
  })
}
