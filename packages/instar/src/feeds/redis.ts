import { type Ending, type EndingFeed, parseEnding } from '../core/endings.ts'

/** The part of a client of node-redis that publishes. */
export interface Publisher {
  publish(channel: string, message: string): Promise<unknown>
}

/** The part of a subscriber of node-redis that is used: a connection of its own, as `client.duplicate()` gives it, connected. */
export interface NodeRedisSubscriber {
  subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>
  unsubscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>
}

/** The part of a subscriber of ioredis that is used: a connection of its own. */
export interface IoRedisSubscriber {
  subscribe(channel: string): Promise<unknown>
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  off(event: 'message', listener: (channel: string, message: string) => void): unknown
}

export interface RedisFeedOptions {
  /** The channel. Default `instar:endings`. */
  readonly channel?: string
}

/** Word of ended sessions by Redis pub/sub; one of ioredis has `off`, and subscribes again by itself after a reconnect, as that of node-redis does. */
export function redisFeed(
  publisher: Publisher,
  subscriber: NodeRedisSubscriber | IoRedisSubscriber,
  { channel = 'instar:endings' }: RedisFeedOptions = {},
): EndingFeed {
  return {
    publish: (ending) => publisher.publish(channel, JSON.stringify(ending)),
    async subscribe(listener) {
      const heard = (message: string): void => tell(listener, message)
      if ('unsubscribe' in subscriber && 'evalSha' in subscriber) {
        await subscriber.subscribe(channel, heard)
        return () => subscriber.unsubscribe(channel, heard)
      }
      const connection = subscriber as IoRedisSubscriber
      const heardOn = (from: string, message: string): void => {
        if (from === channel) heard(message)
      }
      connection.on('message', heardOn)
      await connection.subscribe(channel)
      return () => connection.off('message', heardOn)
    },
  }
}

function tell(listener: (ending: Ending) => void, message: string): void {
  const ending = parseEnding(message)
  if (ending) listener(ending)
}
