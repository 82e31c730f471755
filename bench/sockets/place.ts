import { DatabaseSync } from 'node:sqlite'
import type { EngineName } from '@instar/engines'
import type { Duration, EndingFeed, SessionStore } from 'instar'
import { postgresFeed } from 'instar/feeds/postgres'
import { redisFeed } from 'instar/feeds/redis'
import { postgresStore } from 'instar/stores/postgres'
import { redisStore } from 'instar/stores/redis'
import { sqliteStore } from 'instar/stores/sqlite'
import pg from 'pg'
import { createClient } from 'redis'

/** Where the processes of an application keep their sessions, as one process can tell another. */
export interface Place {
  readonly kind: PlaceKind
  /** A connection URL or a file. */
  readonly url: string
  /** Nobody else uses it there: a table, or a prefix of keys, and a channel. */
  readonly name: string
}

interface Kind {
  readonly title: string
  readonly needs?: EngineName
  /** The package of the driver, where it is not Node itself. */
  readonly driver?: string
  readonly setup: string
  /** How often the store is asked whether the sessions of open sockets still live. */
  readonly interval: Duration
  /** Rounds begin after a random time of at most so many milliseconds, where they would keep step with the interval. */
  readonly pause?: number
  open(place: Place): Promise<Opened>
}

interface Opened {
  readonly store: SessionStore
  readonly feed?: EndingFeed
}

export type PlaceKind = 'redis' | 'postgres' | 'sqlite'

export const KINDS: { readonly [kind in PlaceKind]: Kind } = {
  redis: {
    title: 'Redis, redisFeed',
    needs: 'Redis',
    driver: 'redis',
    setup: 'nothing on disk',
    interval: '10s',
    async open({ url, name }) {
      const client = await createClient({ url }).connect()
      const feed = redisFeed(client, await client.duplicate().connect(), { channel: `${name}:endings` })
      return { store: redisStore(client, { prefix: `${name}:` }), feed }
    },
  },
  postgres: {
    title: 'PostgreSQL, postgresFeed',
    needs: 'PostgreSQL',
    driver: 'pg',
    setup: 'a commit is answered before it is on disk',
    interval: '10s',
    async open({ url, name }) {
      const pool = new pg.Pool({ connectionString: url, max: 10 })
      const listening = new pg.Client({ connectionString: url })
      await listening.connect()
      const store = postgresStore(pool, { table: name })
      await store.migrate()
      return { store, feed: postgresFeed(pool, listening, { channel: `${name}_endings` }) }
    },
  },
  sqlite: {
    title: 'SQLite, no feed',
    setup: 'WAL, synchronous=FULL',
    interval: '1s',
    pause: 1000,
    open: async ({ url, name }) => ({ store: sqliteStore(new DatabaseSync(url), { table: name }) }),
  },
}
