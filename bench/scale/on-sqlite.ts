import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type SqliteDatabase, sqliteStore } from 'instar/stores/sqlite'
import { COLUMNS, noBatches, type OpenSubject, TABLE, timesFor, valuesOf } from './subject.ts'

export const onSqlite: OpenSubject = async (now) => {
  const folder = mkdtempSync(join(tmpdir(), 'instar-scale-'))
  const file = join(folder, 'sessions.db')
  const database = new DatabaseSync(file)
  const batches = noBatches()
  const watched: SqliteDatabase = {
    exec: (sql) => database.exec(sql),
    get isTransaction() {
      return database.isTransaction
    },
    prepare(sql) {
      const statement = database.prepare(sql)
      const times = timesFor(batches, sql)
      if (!times) return statement
      const through =
        (method: 'run' | 'all') =>
        (...values: (string | number | null)[]) => {
          const start = performance.now()
          const result = statement[method](...values)
          times.push(performance.now() - start)
          return result
        }
      return { run: through('run'), all: through('all'), get: (...values) => statement.get(...values) } as ReturnType<SqliteDatabase['prepare']>
    },
  }
  const store = sqliteStore(watched, { now })
  // The rows come in no order of their keys, and a fill that has room for the pages is spared reading them again and again.
  const filling = new DatabaseSync(file)
  filling.exec('PRAGMA cache_size = -1000000; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000')
  const insert = filling.prepare(`INSERT INTO ${TABLE} (${COLUMNS}) VALUES (${COLUMNS.map(() => '?')})`)
  const one = database.prepare('SELECT 1')
  const close = (): void => {
    database.close()
    filling.close()
    rmSync(folder, { recursive: true })
  }
  return {
    versions: `SQLite ${process.versions['sqlite']}, Node ${process.versions.node}`,
    setup: 'a file, WAL, synchronous=FULL',
    store,
    async fill(rows) {
      filling.exec('BEGIN IMMEDIATE')
      for (const row of rows) insert.run(...valuesOf(row))
      filling.exec('COMMIT')
    },
    settle: async () => filling.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    bytes: async () => statSync(file).size,
    baseline: async () => one.get(),
    batches,
    close: async () => close(),
  }
}
