import type { Engine } from '@instar/engines'
import pg from 'pg'
import { createClient } from 'redis'

/** How often each command or statement was run. */
export type Counts = { readonly [command: string]: number }

export interface CommandCounter {
  /** Since the last call, by the engine's own count; undefined where it does not count. */
  taken(): Promise<Counts | undefined>
  close(): Promise<void>
}

/** Counts what one engine is asked, by everybody but the counter. */
export function countCommands(engine: Engine): Promise<CommandCounter> {
  return engine.name === 'Redis' ? onRedis(engine.url) : onPostgres(engine.url)
}

/** What clients send at their start. */
const NOT_OF_STORES = new Set(['hello', 'client', 'select', 'auth'])

/** Listens to what the engine reports of every command; those that a script runs are apart, in brackets, since no client waits for them. */
async function onRedis(url: string): Promise<CommandCounter> {
  const client = await createClient({ url }).connect()
  const listening = await client.duplicate().connect()
  let counts: { [command: string]: number } = {}
  let calls = 0
  let settled: (() => void) | undefined
  await listening.monitor((line) => {
    const [, source = '', command = ''] = /^[^[]*\[\d+ ([^\]]*)\] "([^"]*)"/.exec(String(line)) ?? []
    if (command.toLowerCase() === 'ping' && String(line).includes(`"${marker(calls)}"`)) return settled?.()
    const name = source === 'lua' ? `(${command.toUpperCase()})` : command.toUpperCase()
    if (!NOT_OF_STORES.has(command.toLowerCase())) counts[name] = (counts[name] ?? 0) + 1
  })
  return {
    async taken() {
      calls++
      const { promise, resolve } = Promise.withResolvers<void>()
      settled = resolve
      await client.ping(marker(calls))
      await promise
      const taken = counts
      counts = {}
      return taken
    },
    async close() {
      listening.destroy()
      await client.close()
    },
  }
}

/** What the counter sends itself, to know that everything before it has been reported. */
const marker = (call: number): string => `counted ${call}`

async function onPostgres(url: string): Promise<CommandCounter> {
  const client = new pg.Client(url)
  await client.connect()
  const isThere = await client.query('create extension if not exists pg_stat_statements').then(
    () => true,
    () => false,
  )
  return {
    async taken() {
      if (!isThere) return undefined
      const { rows } = await client.query<{ verb: string; calls: string }>(
        `select upper(substring(ltrim(query) from '^[A-Za-z]+')) as verb, sum(calls) as calls from pg_stat_statements
         where query not ilike '%pg_stat_statements%' group by 1`,
      )
      await client.query('select pg_stat_statements_reset()')
      return Object.fromEntries(rows.map(({ verb, calls }) => [verb, Number(calls)]))
    },
    close: () => client.end(),
  }
}
