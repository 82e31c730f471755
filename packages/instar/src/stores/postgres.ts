import { checkedTable, DEFAULT_TABLE, schemaStatements } from './schema.ts'
import { checkedClient, columnsIn, openTransaction, type SqlSessionStore, type SqlValue, sqlStore } from './sql.ts'

/** The part of a `Pool` or `Client` of pg, or of a PGlite, that the store uses. */
export interface PostgresClient {
  query(text: string, values?: SqlValue[]): PromiseLike<PostgresResult>
}

/** The part of a `sql` of postgres.js that the store uses. */
export interface PostgresJs {
  unsafe(text: string, values?: SqlValue[]): PromiseLike<readonly unknown[] & { readonly count: number | null; readonly command: string | null }>
}

interface PostgresResult {
  readonly rows: readonly unknown[]
  readonly rowCount?: number | null
  /** The same of PGlite. */
  readonly affectedRows?: number
}

export interface PostgresStoreOptions {
  /** The table, with its schema if it is in another than the first of the search path. Default `instar_sessions`. */
  readonly table?: string
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Sessions in PostgreSQL, by pg, PGlite or postgres.js: for any number of machines. Call `migrate()` once when the application starts. Best given a pool;
 * a single `Client` of pg must be the store's own, and while a transaction is open on it every operation rejects with `store_unavailable`.
 * Reconnecting is the driver's; a write whose outcome is not known is not tried again.
 */
export function postgresStore(client: PostgresClient | PostgresJs, options: PostgresStoreOptions = {}): SqlSessionStore {
  checkedClient(client, 'postgresStore() needs a Pool of pg, a PGlite, or a sql of postgres.js.')
  const table = checkedTable(options.table ?? DEFAULT_TABLE)
  const query = queryOf(client)
  const texts = new Map<string, string>()
  const run = async (sql: string, values: readonly SqlValue[]): Promise<PostgresResult> => {
    let text = texts.get(sql)
    if (text === undefined) texts.set(sql, (text = numbered(sql)))
    return query(text, [...values])
  }
  return sqlStore(
    {
      engine: 'postgres',
      isRemote: true,
      columns: columnsIn('"'),
      // No row has a NUL in its id or user, and PostgreSQL rejects a text with one.
      read: async (sql, values) => (values.some(hasNul) ? [] : (await run(sql, values)).rows),
      write: async (sql, values) => (values.some(hasNul) && !sql.startsWith('INSERT') ? 0 : countOf(await run(sql, values))),
      isSchemaError: hasCode('42P01', '42703', '3F000'), // undefined_table, undefined_column, invalid_schema_name
      wasTakenBack: hasCode('40001', '40P01'), // serialization_failure, deadlock_detected
      makeTables: async () => {
        // One statement, so that it is one transaction with every driver; the lock lets processes that start at once follow each other.
        const statements = schemaStatements('postgres', table).map((statement) => `${statement};\n`)
        const quiet = "PERFORM set_config('client_min_messages', 'warning', true);\n"
        await query(`DO $instar$ BEGIN\nPERFORM pg_advisory_xact_lock(20260101, 1);\n${quiet}${statements.join('')}END $instar$`)
      },
    },
    table,
    options.now ?? (() => Date.now()),
  )
}

type Query = (text: string, values?: SqlValue[]) => Promise<PostgresResult>

function queryOf(client: PostgresClient | PostgresJs): Query {
  if ('unsafe' in client)
    return async (text, values) => {
      const answer = await client.unsafe(text, values)
      // After a connection broke between a row and its end, the rows of the next answer come shifted, behind a hole: nobody would be found.
      const rows = answer.filter(() => true)
      if (!answer.command || (answer.command === 'SELECT' && rows.length !== answer.count))
        throw new Error('The connection broke before the query was answered.')
      return { rows, rowCount: answer.count }
    }
  return 'getTransactionStatus' in client ? oneAtATime(client as PgClient) : async (text, values) => client.query(text, values)
}

interface PgClient extends PostgresClient {
  getTransactionStatus(): string | null
}

/** A single `Client` of pg: it wants one query at a time, and the application may have a transaction open on it, or just begin one. */
function oneAtATime(client: PgClient): Query {
  let last: Promise<unknown> = Promise.resolve()
  return (text, values) => {
    const turn = last.then(async () => {
      refuseTransaction(client)
      const result = await client.query(text, values)
      refuseTransaction(client)
      return result
    })
    last = turn.catch(() => {})
    return turn
  }
}

function refuseTransaction(client: PgClient): void {
  if (['T', 'E'].includes(client.getTransactionStatus() ?? '')) throw openTransaction('Give postgresStore() a Pool, or a Client of its own.')
}

function numbered(sql: string): string {
  let places = 0
  return sql.replaceAll('?', () => `$${++places}`)
}

const hasCode =
  (...codes: string[]) =>
  (error: unknown): boolean =>
    codes.includes((error as { code: string }).code)

const hasNul = (value: SqlValue): boolean => typeof value === 'string' && value.includes('\0')

function countOf({ rowCount, affectedRows }: PostgresResult): number {
  const count = rowCount ?? affectedRows
  if (typeof count === 'number') return count
  throw new TypeError(
    "The client's query() does not tell how many rows it wrote (rowCount). Give postgresStore() a Pool of pg, a PGlite or a sql of postgres.js.",
  )
}
