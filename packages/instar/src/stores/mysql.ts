import { InstarError } from '../core/errors.ts'
import { checkedTable, DEFAULT_TABLE, schemaStatements } from './schema.ts'
import { checkedClient, columnsIn, openTransaction, type SqlSessionStore, type SqlValue, sqlStore } from './sql.ts'

/** The part of a `Pool` or `Connection` of `mysql2/promise` that the store uses. */
export interface MysqlClient {
  execute(sql: string, values: (Buffer | null)[]): PromiseLike<readonly [result: unknown, fields: unknown]>
}

export interface MysqlStoreOptions {
  /** The table, with its database if it is in another than the connection's. Default `instar_sessions`. */
  readonly table?: string
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

const NO_SUCH_TABLE = 1146
const NO_SUCH_COLUMN = 1054
const DEADLOCK = 1213
/** The bit of a result's `serverStatus` that says that what was written is not committed. */
const IN_TRANSACTION = 1

/**
 * Sessions in MariaDB or MySQL 8, by mysql2's promises: for any number of machines. Call `migrate()` once when the application starts. Best given a pool;
 * a write on a connection with a transaction open, or without autocommit, rejects with `store_unavailable`, since a rollback would undo a logout.
 * Every statement is a prepared one. Reconnecting is the driver's; a write whose outcome is not known is not tried again.
 */
export function mysqlStore(client: MysqlClient, options: MysqlStoreOptions = {}): SqlSessionStore {
  const table = checkedTable(options.table ?? DEFAULT_TABLE)
  checkedClient(client, "mysqlStore() needs a pool of 'mysql2/promise'.")
  if ('promise' in client)
    throw new InstarError('bad_option', "The client answers by callbacks. Give mysqlStore() a pool of 'mysql2/promise', or pool.promise().")
  const execute = async (sql: string, values: readonly SqlValue[]): Promise<unknown> => {
    const [result] = await client.execute(sql, values.map(bytesOf))
    return result
  }
  return sqlStore(
    {
      engine: 'mysql',
      isRemote: true,
      columns: columnsIn('`'),
      read: async (sql, values) => ((await execute(sql, values)) as unknown[]).map(textsOf),
      async write(sql, values) {
        const { affectedRows, serverStatus } = (await execute(sql, values)) as { affectedRows: number; serverStatus: number }
        if (serverStatus & IN_TRANSACTION)
          throw openTransaction('Give mysqlStore() a pool with autocommit, and never a connection on which you begin a transaction.')
        return affectedRows
      },
      isSchemaError: (error) => [NO_SUCH_TABLE, NO_SUCH_COLUMN].includes((error as { errno: number }).errno),
      wasTakenBack: (error) => (error as { errno: number }).errno === DEADLOCK,
      makeTables: async () => {
        for (const statement of schemaStatements('mysql', table)) await execute(statement, [])
      },
    },
    table,
    options.now ?? (() => Date.now()),
  )
}

/**
 * A value as bytes, and what comes back as text, whatever the character set of the connection: in latin1 the driver would make another user of one, and other JSON of a payload.
 * Numbers too, since mysql2 would send them as floating point.
 */
const bytesOf = (value: SqlValue): Buffer | null => (value === null ? null : Buffer.from(String(value), 'utf8'))

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textsOf(row: unknown): unknown {
  return Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, value instanceof Uint8Array ? decoder.decode(value) : value]))
}
