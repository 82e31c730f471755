import { deepEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { leftOut } from '../../examples/full-stack/support.ts'

test('the guide says what an application gets that changes not a line', { skip: leftOut('dropins') }, async () => {
  const { comparisons, RECORDED } = await import('./table.ts')
  deepEqual(await comparisons(), JSON.parse(readFileSync(RECORDED, 'utf8')).comparisons)
})
