import { type EndingFeed, parseEnding } from '../core/endings.ts'

/** The part of a `Pool` or `Client` of pg that notifies. */
export interface Notifier {
  query(text: string, values?: string[]): PromiseLike<unknown>
}

/** The part of a `Client` of pg that listens: a connection of its own, since a pool gives back another each time. */
export interface ListeningClient extends Notifier {
  on(event: 'notification', listener: (message: { channel: string; payload?: string | undefined }) => void): unknown
  off(event: 'notification', listener: (message: { channel: string; payload?: string | undefined }) => void): unknown
}

export interface PostgresFeedOptions {
  /** The channel: lower-case letters, digits and underscores. Default `instar_endings`. */
  readonly channel?: string
}

/** Word of ended sessions by LISTEN and NOTIFY. While the listening client is away nothing is heard; what it missed is found at the watch's interval. */
export function postgresFeed(notifier: Notifier, listening: ListeningClient, { channel = 'instar_endings' }: PostgresFeedOptions = {}): EndingFeed {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(channel)) throw new TypeError(`channel is ${JSON.stringify(channel)}. Use lower-case letters, digits and underscores.`)
  return {
    publish: (ending) => notifier.query('SELECT pg_notify($1, $2)', [channel, JSON.stringify(ending)]),
    async subscribe(listener) {
      const heard = (message: { channel: string; payload?: string | undefined }): void => {
        const ending = message.channel === channel ? parseEnding(message.payload) : undefined
        if (ending) listener(ending)
      }
      listening.on('notification', heard)
      await listening.query(`LISTEN ${channel}`)
      return () => listening.off('notification', heard)
    },
  }
}
