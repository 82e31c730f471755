import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'

/** What an engine was asked for: statements, or on Redis commands. */
export interface Counts {
  readonly reads: number
  readonly writes: number
}

/** Counts on the engine's own side all that anybody asks of it. */
export interface Counter {
  /** What came in while the work was done. Throws when anything but reads and writes of rows did. */
  count(work: () => Promise<unknown>): Promise<Counts>
  close(): Promise<void>
}

/** By pg_stat_statements, which the server must preload. */
export async function postgresCounter(url: string): Promise<Counter> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  return {
    async count(work) {
      await client.query('SELECT pg_stat_statements_reset()')
      await work()
      const { rows } = await client.query(`SELECT query, calls::int FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'`)
      return countsOf(rows.map(({ query, calls }) => [query, calls]))
    },
    close: () => client.end(),
  }
}

/** By the server's Com_ variables, which count by the first words of a statement, whether it was prepared or not. */
export async function mariaDbCounter(url: string): Promise<Counter> {
  const connection = await mysql.createConnection(url)
  const status = async (): Promise<Map<string, number>> => {
    const [rows] = await connection.query<RowDataPacket[]>(`SHOW GLOBAL STATUS LIKE 'Com\\_%'`)
    return new Map(rows.map(({ Variable_name, Value }) => [Variable_name.replace('Com_', ''), Number(Value)]))
  }
  return {
    async count(work) {
      const before = await status()
      await work()
      const calls = [...(await status())].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const)
      const { stmt_execute: executed, show_status: _, ...rest } = Object.fromEntries(calls)
      const counts = countsOf(Object.entries(rest))
      if (executed !== counts.reads + counts.writes) throw new Error(`Of ${JSON.stringify(counts)} just ${executed} were prepared.`)
      return counts
    },
    close: () => connection.end(),
  }
}

/** Sums statements by their first words. */
export function countsOf(calls: Iterable<readonly [statement: string, calls: number]>): Counts {
  let reads = 0
  let writes = 0
  for (const [statement, number] of calls) {
    if (number === 0) continue
    if (/^select\b/i.test(statement)) reads += number
    else if (/^(insert|update|delete)\b/i.test(statement)) writes += number
    else throw new Error(`The store sent ${statement}.`)
  }
  return { reads, writes }
}
