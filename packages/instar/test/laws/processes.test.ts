import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { SessionManager } from 'instar'
import { sqliteStore } from 'instar/stores/sqlite'
import { createTestSession } from 'instar/testing'

test('100 parallel increments and 100 different keys from two processes, all of which have read before the first writes: nothing is lost', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'instar-processes-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'sessions.db')
  const sessions = new SessionManager<{ [key: string]: number }>({ store: sqliteStore(new DatabaseSync(file)) })
  for (const who of [{ userId: 'ann' }, { data: { begun: 1 } }]) {
    const { cookie } = await createTestSession(sessions, who)
    const processes = [0, 50].map((first) => fork(join(import.meta.dirname, 'counting-process.ts'), [file, cookie, '50', String(first)]))
    const exits = processes.map((child) => once(child, 'exit'))
    await Promise.all(processes.map((child) => once(child, 'message')))
    for (const child of processes) child.send('go')
    assert.deepEqual(await Promise.all(exits), [
      [0, null],
      [0, null],
    ])
    const session = await sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    assert.equal(session.get('n'), 100)
    assert.equal(Array.from({ length: 100 }, (_, n) => session.has(`key${n}`)).filter(Boolean).length, 100)
  }
})
