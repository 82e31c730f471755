import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Served } from './application.ts'

/** In milliseconds: longer than the proxy's in front, or requests meet connections that are just being closed. */
export const KEEP_ALIVE = 600_000

/** Listens on a free port of loopback. */
export function listening(listen: (port: number, host: string, done: () => void) => unknown, seed?: Served['seed']): Served {
  return {
    listen: () =>
      new Promise((resolve) => {
        const server = listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)) as Server
        server.keepAliveTimeout = KEEP_ALIVE
      }),
    ...(seed && { seed }),
  }
}
