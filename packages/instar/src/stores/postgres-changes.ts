import { InstarError } from '../core/errors.ts'
import { followOver, type RowChanges, type RowListener, type ToldLine } from './row-changes.ts'
import { checkedTable, DEFAULT_TABLE } from './schema.ts'

/** The part of a `Client` of pg that is used, not yet connected. */
export interface ChangesClient {
  connect(): Promise<unknown>
  query(text: string, values?: string[]): Promise<{ readonly rows: readonly unknown[] }>
  on(event: 'notification', listener: (message: { channel: string; payload?: string | undefined }) => void): unknown
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  end(): Promise<unknown>
}

export interface PostgresChangesOptions {
  /** The store's table. Default `instar_sessions`. */
  readonly table?: string
}

/** PostgreSQL's word of rows that change. */
export interface PostgresChanges extends RowChanges {
  /** Makes the trigger that tells; does nothing where it is there. The table must be there, so call it after the store's own. */
  migrate(): Promise<void>
}

/**
 * The word of PostgreSQL (NOTIFY, by a trigger on the table) of each row that is written or removed, by whatever process or hand. `connect` makes a `Client` of pg that is this one's own:
 * `() => new pg.Client(url)`; past a pooler such as PgBouncer, which LISTEN does not go through. Call `migrate()` once when the application starts.
 * A commit that notifies waits for others that do: see what that costs before you use it where much is written. Whoever may use the database may listen to the handles that change.
 */
export function postgresChanges(connect: () => ChangesClient, { table = DEFAULT_TABLE }: PostgresChangesOptions = {}): PostgresChanges {
  if (typeof connect !== 'function')
    throw new InstarError('bad_option', 'postgresChanges() needs a function that makes a Client of pg: () => new pg.Client(url).')
  const name = checkedTable(table)
  return {
    follow: followOver((listener) => listen(connect(), name, listener), 'changes in PostgreSQL'),
    async migrate() {
      const client = connect()
      client.on('error', () => {}) // The query under way says it too.
      await client.connect()
      try {
        if ((await channelOf(client, name)) === undefined) await client.query(triggerOf(name))
      } finally {
        await client.end()
      }
    },
  }
}

/** Of the function, the trigger for rows and, with `_all`, the one for TRUNCATE. */
const NAME = 'instar_row_changed'

/**
 * The channel is named after the table's number, and so the same whatever name of the table a process uses; partitions tell on that of the whole. As a trigger's argument it is told from one
 * that came with a copy of the table.
 */
function triggerOf(table: string): string {
  const schema = table.includes('.') ? table.replace(/[^.]*$/, '') : ''
  return `DO $instar$ DECLARE channel text; BEGIN
PERFORM pg_advisory_xact_lock(20260101, 1);
channel := 'instar_' || to_regclass('${table}')::oid;
CREATE OR REPLACE FUNCTION ${schema}${NAME}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $told$ BEGIN
  IF TG_OP = 'TRUNCATE' THEN PERFORM pg_catalog.pg_notify(TG_ARGV[0], ''); ELSE PERFORM pg_catalog.pg_notify(TG_ARGV[0], OLD.id); END IF;
  RETURN NULL;
END $told$;
DROP TRIGGER IF EXISTS ${NAME} ON ${table};
DROP TRIGGER IF EXISTS ${NAME}_all ON ${table};
EXECUTE format('CREATE TRIGGER ${NAME} AFTER UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${schema}${NAME}(%L)', channel);
EXECUTE format('CREATE TRIGGER ${NAME}_all AFTER TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${schema}${NAME}(%L)', channel);
ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${NAME};
ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${NAME}_all;
END $instar$`
}

/** On which the table's changes are told; undefined where they are not. */
async function channelOf(client: ChangesClient, table: string): Promise<string | undefined> {
  const { rows } = await client.query(
    `SELECT 'instar_' || c.oid AS channel FROM pg_catalog.pg_class c WHERE c.oid = to_regclass($1)
AND (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname IN ('${NAME}', '${NAME}_all') AND t.tgenabled = 'A'
  AND encode(t.tgargs, 'escape') = 'instar_' || c.oid || chr(92) || '000') = 2`,
    [table],
  )
  return (rows[0] as { channel: string } | undefined)?.channel
}

function listen(client: ChangesClient, table: string, listener: RowListener): ToldLine {
  if ('totalCount' in client) throw new Error('postgresChanges() was given a Pool. Give it a function that makes a Client: () => new pg.Client(url).')
  let channel: string | undefined
  const broken = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
  })
  client.on('notification', ({ channel: from, payload }) => {
    if (from !== channel) return
    if (payload) listener.changed(payload)
    else listener.changedAll()
  })
  const check = async (): Promise<void> => {
    const told = await channelOf(client, table)
    if (told === undefined)
      throw new Error(`The table ${table} has no trigger that tells of changes. Call "await changes.migrate()" once when the application starts.`)
    if (channel !== undefined && told !== channel) throw new Error(`The table ${table} is another one than before.`)
    channel = told
  }
  const begin = async (): Promise<void> => {
    await client.connect()
    await check()
    await client.query(`LISTEN ${channel}`)
  }
  return { ready: begin(), broken, check, close: () => client.end() }
}
