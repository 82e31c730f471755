import { PGlite } from '@electric-sql/pglite'
import { startPostgres } from '@instar/engines'
import { type PostgresClient, postgresStore } from 'instar/stores/postgres'
import pg from 'pg'
import { COLUMNS, noBatches, type OpenSubject, type Subject, TABLE, timed, valuesOf } from './subject.ts'
import { installed } from './versions.ts'

const SETTINGS = { shared_buffers: '1GB', max_wal_size: '4GB' }

export const onPostgres: OpenSubject = async (now) => {
  const engine = await startPostgres({ settings: SETTINGS })
  const pool = new pg.Pool({ connectionString: engine.url, max: 10 })
  return {
    versions: `PostgreSQL ${engine.version}, ${installed('pg')}`,
    setup: `a commit is answered before it is on disk; ${Object.entries(SETTINGS)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
    ...(await subjectOf(pool, now)),
    async close() {
      await pool.end()
      await engine.stop()
    },
  }
}

export const onPglite: OpenSubject = async (now) => {
  const database = await PGlite.create()
  const { rows } = await database.query<{ version: string }>(`SELECT current_setting('server_version') AS version`)
  return {
    versions: `PostgreSQL ${rows[0]?.version}, ${installed('@electric-sql/pglite')}`,
    setup: 'in the memory of its process',
    ...(await subjectOf(database, now)),
    close: () => database.close(),
  }
}

interface Client extends PostgresClient {
  query(text: string, values?: unknown[]): PromiseLike<{ readonly rows: readonly unknown[] }>
}

const TYPES = ['text', 'text', 'text', 'int', 'bigint', 'bigint', 'text']
const FILL = `INSERT INTO ${TABLE} (${COLUMNS}) SELECT * FROM unnest(${TYPES.map((type, n) => `$${n + 1}::${type}[]`)})`

async function subjectOf(client: Client, now: () => number): Promise<Pick<Subject, 'store' | 'fill' | 'settle' | 'bytes' | 'baseline' | 'batches'>> {
  const batches = noBatches()
  const store = postgresStore({ query: (text, values) => timed(batches, text, () => client.query(text, values)) }, { now })
  await store.migrate()
  return {
    store,
    async fill(rows) {
      const all = rows.map(valuesOf)
      await client.query(
        FILL,
        COLUMNS.map((_, n) => all.map((values) => values[n])),
      )
    },
    settle: async () => client.query(`VACUUM ANALYZE ${TABLE}`),
    async bytes() {
      const { rows } = await client.query(`SELECT pg_total_relation_size('${TABLE}') AS bytes`)
      return Number((rows[0] as { bytes: unknown }).bytes)
    },
    baseline: async () => client.query('SELECT 1'),
    batches,
  }
}
