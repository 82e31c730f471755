import { deepEqual, equal } from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { leftOut } from '../../examples/full-stack/support.ts'
import { hasExtra } from '../../scripts/extras.ts'
import { capture, ROOT } from '../../scripts/run.ts'
import { openEngines } from './engines.ts'
import { stores } from './open-store.ts'

// The stores that people have, unmodified, on the real engines. connect-mongo is left out: there is no MongoDB here.

const engines = hasExtra('dropins') ? await openEngines() : undefined
after(() => engines?.stop())

async function looks(store: string, library: 'original' | 'ours'): Promise<{ readonly [look: string]: unknown }> {
  const hook = library === 'ours' ? ['--import', join(ROOT, 'dropins/stores/by-name.ts')] : []
  const args = ['--conditions=instar-source', '--no-warnings', ...hook, join(ROOT, 'dropins/stores/process.ts'), store, JSON.stringify(engines?.where())]
  const { code, output } = await capture(process.execPath, args)
  equal(code, 0, output)
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}')
}

const [FIXATION, WRITES, READS] = [
  'a planted id, after `req.session.user = …` with no `regenerate`',
  'a slow request that writes, and ends after the logout',
  'a slow request that only reads, with `resave: true`',
]

describe('the stores that people have', { skip: leftOut('dropins') }, () => {
  for (const name of Object.keys(stores))
    test(`${name} keeps sessions as ever, and no planted id, and brings none back`, { skip: !engines?.has(name) }, async () => {
      const [theirs, ours] = [await looks(name, 'original'), await looks(name, 'ours')]
      for (const found of [theirs, ours]) {
        deepEqual(found['kept'], ['ann', 'nobody'])
        deepEqual(found['rolling'], [1, 'ann'])
        for (const method of ['all', 'length']) equal(found[method] ?? 'answered', 'answered')
      }
      deepEqual([theirs[FIXATION], theirs[WRITES], theirs[READS]], ['logged in', 'logged in again', 'logged in again'])
      deepEqual([ours[FIXATION], ours[WRITES], ours[READS]], ['worth nothing', 'stays ended', 'stays ended'])
    })
})
