import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestClock } from 'instar/testing'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { MISSING, serversFor } from './servers.ts'
import { fillTable } from './statements-plans.ts'
import { openWatched } from './statements-watched.ts'

const ROWS = 300
const EXPIRED = 5

const servers = await serversFor(['pg', 'mysql2'])
after(() => servers.stop())

/** A connection in a transaction, which holds what it has locked until its end. */
interface Holder {
  run(sql: string): Promise<unknown>
  end(): Promise<void>
}

const holders = {
  async pg(url: string): Promise<Holder> {
    const client = new pg.Client(url)
    await client.connect()
    await client.query('BEGIN')
    return { run: (sql) => client.query(sql), end: () => client.end() }
  },
  async mysql2(url: string): Promise<Holder> {
    const connection = await mysql.createConnection(url)
    await connection.query('BEGIN')
    return { run: (sql) => connection.query(sql), end: () => connection.end() }
  },
}

for (const driver of ['pg', 'mysql2'] as const) {
  const place = servers.place(driver)
  test(`a purge waits for no row that lives, nor does such a row wait for it (${driver})`, { skip: place ? false : MISSING }, async () => {
    if (!place) return
    const clock = new TestClock()
    const { store, ask, close } = await openWatched(place, clock.now)
    const holder = await holders[driver](place.url)
    try {
      await fillTable(driver, ask, place.name, ROWS, clock.time)
      clock.advance(EXPIRED)
      const [next] = await ask(`SELECT id FROM ${place.name} WHERE expires_at > ${clock.time} ORDER BY expires_at LIMIT 1`)
      await holder.run(`SELECT id FROM ${place.name} WHERE id = '${next?.['id']}' FOR UPDATE`)
      assert.equal(await store.deleteExpired(), EXPIRED)
    } finally {
      await holder.end()
      await close()
    }
  })
}

const place = servers.place('mysql2')

test('a statement that the engine gave up for another runs again (mysql2)', { skip: place ? false : MISSING }, async () => {
  if (!place) return
  const clock = new TestClock()
  const { store, ask, close } = await openWatched({ ...place, name: `${place.name}_2` }, clock.now)
  const holder = await holders.mysql2(place.url)
  try {
    const table = `${place.name}_2`
    await fillTable('mysql2', ask, table, ROWS, clock.time)
    const [row] = await ask(`SELECT id, user_id FROM ${table} WHERE user_id = 'user-1' LIMIT 1`)
    // Of two in a deadlock the engine gives up the one that has written less; what this transaction writes makes that the other.
    await holder.run(`UPDATE ${table} SET version = version + 1 WHERE user_id IS NULL`)
    await holder.run(`SELECT id FROM ${table} WHERE id = '${row?.['id']}' FOR UPDATE`)
    const ended = store.deleteByUser('user-1')
    let isOver = false
    ended.catch(() => {}).then(() => (isOver = true))
    const waiting = `SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE 'DELETE FROM ${table} WHERE user_id%'`
    while ((await ask(waiting)).length === 0) {
      assert.equal(isOver, false)
      await sleep(150) // The engine shows what it showed before to whoever asks again within 100 ms.
    }
    await holder.run(`DELETE FROM ${table} WHERE id = '${row?.['id']}'`)
    await holder.run('COMMIT')
    assert.equal(await ended, 1)
  } finally {
    await holder.end()
    await close()
  }
})
