import { InstarError } from '../core/errors.ts'

/** The version of the tables that this code works with. */
export const SCHEMA_VERSION = 1

/** The SQL engines that have a store. */
export const ENGINES = ['postgres', 'mysql', 'sqlite'] as const
export type SqlEngineName = (typeof ENGINES)[number]

export const DEFAULT_TABLE = 'instar_sessions'

/** The name of a table as it stands in statements; throws `bad_option` for one that would need quotes. */
export function checkedTable(table: string): string {
  if (/^[a-z_][a-z0-9_]{0,47}(\.[a-z_][a-z0-9_]{0,47})?$/.test(table)) return table
  throw new InstarError(
    'bad_option',
    `table is ${JSON.stringify(table)}. Use lower-case letters, digits and underscores, up to 48, with a schema and a dot before it if need be: 'auth.sessions'.`,
  )
}

/** The table beside it that says which version it has. */
export const versionTable = (table: string): string => `${table}_schema`

/** The statements that make the tables, in order. Each may be run again: it changes nothing that is there. */
export function schemaStatements(engine: SqlEngineName, table: string = DEFAULT_TABLE): readonly string[] {
  if (engine === 'sqlite' && table.includes('.'))
    throw new InstarError('bad_option', `table is ${JSON.stringify(table)}. In SQLite use a name without a dot, and a connection to the file that it is in.`)
  return [...STATEMENTS[engine](checkedTable(table), table.replace(/^.*\./, ''))]
}

const STATEMENTS: { readonly [engine in SqlEngineName]: (table: string, name: string) => readonly string[] } = {
  // Collation "C" compares byte for byte.
  postgres: (table, name) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  id text COLLATE "C" PRIMARY KEY,
  user_id text COLLATE "C",
  secret_hash text NOT NULL,
  version integer NOT NULL,
  expires_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  payload text NOT NULL
)`,
    `CREATE INDEX IF NOT EXISTS ${name}_by_user ON ${table} (user_id) WHERE user_id IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS ${name}_by_expiry ON ${table} (expires_at)`,
    `CREATE TABLE IF NOT EXISTS ${versionTable(table)} (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), version integer NOT NULL)`,
    `INSERT INTO ${versionTable(table)} (version) VALUES (${SCHEMA_VERSION}) ON CONFLICT DO NOTHING`,
  ],

  // Binary columns compare byte for byte, where every text collation that MySQL and MariaDB share ignores blanks at the end, and no character set of a connection changes what is in them.
  mysql: (table, name) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  id varbinary(64) NOT NULL PRIMARY KEY,
  user_id varbinary(255) NULL,
  secret_hash varbinary(64) NOT NULL,
  version int NOT NULL,
  expires_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  payload longblob NOT NULL,
  KEY ${name}_by_user (user_id),
  KEY ${name}_by_expiry (expires_at)
) ENGINE=InnoDB`,
    `CREATE TABLE IF NOT EXISTS ${versionTable(table)} (only_row int NOT NULL DEFAULT 1 PRIMARY KEY, version int NOT NULL) ENGINE=InnoDB`,
    `INSERT IGNORE INTO ${versionTable(table)} (version) VALUES (${SCHEMA_VERSION})`,
  ],

  sqlite: (table, name) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  secret_hash TEXT NOT NULL,
  version INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  payload TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${name}_by_user ON ${table} (user_id) WHERE user_id IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS ${name}_by_expiry ON ${table} (expires_at)`,
    `CREATE TABLE IF NOT EXISTS ${versionTable(table)} (only_row INTEGER PRIMARY KEY DEFAULT 1 CHECK (only_row = 1), version INTEGER NOT NULL) STRICT`,
    `INSERT OR IGNORE INTO ${versionTable(table)} (only_row, version) VALUES (1, ${SCHEMA_VERSION})`,
  ],
}

/** The tables are of a version that this code does not know. */
export function otherVersion(table: string, found: number): InstarError {
  return new InstarError(
    'schema_mismatch',
    `The table ${table} has version ${found}, and this version of Instar works with ${SCHEMA_VERSION}. Use the version of Instar that made it, or another table.`,
  )
}

/** The engine says that a table or a column is not there. Of the engine's error only the words are taken: they name what is missing and no value. */
export function schemaMismatch(engine: SqlEngineName, table: string, error: unknown): InstarError {
  return new InstarError(
    'schema_mismatch',
    `The table ${table} is missing, or is not as this version of Instar needs it (${(error as Error).message}). ` +
      `Call "await store.migrate()" once when the application starts, or apply what "npx instar schema ${engine}${table === DEFAULT_TABLE ? '' : ` --table ${table}`}" prints. ` +
      'If neither helps, the table is not one that Instar made: choose another name with the option table.',
  )
}
