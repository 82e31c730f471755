import type { Watched, WatchedStore } from './statements-watched.ts'

/** A step of a plan in the engine's own words, and whether it reads a whole table or index. */
export interface Step {
  readonly words: string
  readonly isScan: boolean
}

type Ask = WatchedStore['ask']
type Values = Parameters<Ask>[1]

/** How the engine will run a statement with these values. */
export const planOf: { readonly [driver in Watched]: (ask: Ask, sql: string, values: Values) => Promise<readonly Step[]> } = {
  'node:sqlite': async (ask, sql, values) => {
    const rows = await ask(`EXPLAIN QUERY PLAN ${sql}`, values)
    return rows.map(({ detail }) => ({ words: String(detail), isScan: /^SCAN/.test(String(detail)) }))
  },
  pg: async (ask, sql, values) => {
    const rows = await ask(`EXPLAIN ${sql}`, values)
    // An Index Scan without a condition reads the whole index.
    const words = rows.map((row) => String(row['QUERY PLAN']).trim())
    return words.map((step, n) => ({
      words: step,
      isScan: /Seq Scan/.test(step) || (/Index (Only )?Scan/.test(step) && !/Index Cond/.test(words[n + 1] ?? '')),
    }))
  },
  mysql2: async (ask, sql, values) => {
    const rows = await ask(`EXPLAIN ${sql}`, values)
    return rows.map(({ type, key, rows: estimate }) => ({ words: `${type} ${key} ${estimate}`, isScan: key === null || type === 'ALL' || type === 'index' }))
  },
}

const COLUMNS = 'id, user_id, secret_hash, version, expires_at, ends_at, payload'

/** Fills a table with rows in no order of their times, each user with two, every tenth without a user; the first expires at `from` + 1, the last at `from` + `rows`. */
export async function fillTable(driver: Watched, ask: Ask, table: string, rows: number, from: number): Promise<void> {
  const insert = `INSERT INTO ${table} (${COLUMNS})`
  // A prime that does not divide the number of rows visits each time once.
  const expiry = `${from} + 1 + (n * 7919) % ${rows}`
  const others = `'h', 1, ${expiry}, ${expiry} + 1000000`
  const fills: { readonly [driver in Watched]: readonly string[] } = {
    'node:sqlite': [
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows})
       ${insert} SELECT hex(n * 2654435761 % 4294967296) || '-' || n, CASE WHEN n % 10 > 0 THEN 'user-' || (n / 2) END, ${others}, printf('%.300c', 'x') FROM numbers`,
      'ANALYZE',
    ],
    pg: [
      `${insert} SELECT md5(n::text), CASE WHEN n % 10 > 0 THEN 'user-' || (n / 2) END, ${others}, repeat('x', 300) FROM generate_series(1, ${rows}) n`,
      `ANALYZE ${table}`,
    ],
    mysql2: [
      `${insert} SELECT md5(n), IF(n % 10 > 0, CONCAT('user-', n DIV 2), NULL), ${others}, REPEAT('x', 300) FROM (SELECT seq AS n FROM seq_1_to_${rows}) numbers`,
      `ANALYZE TABLE ${table}`,
    ],
  }
  for (const statement of fills[driver]) await ask(statement)
}
