import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut } from '../../examples/full-stack/support.ts'

test('what an application gets that changes not a line', { skip: leftOut('dropins') }, async () => {
  const { comparisons } = await import('./table.ts')
  const rows = (await comparisons()).map(({ original, ours, oursOnInstar }) => [original, ours, oursOnInstar])
  deepEqual(rows, [
    ['logged in', 'worth nothing', 'worth nothing'],
    ['logged in again', 'stays ended', 'stays ended'],
    ['logged in again', 'stays ended', 'stays ended'],
    ['1 of 10', '10 of 10', '10 of 10'],
    ['1 of 10', '1 of 10', '1 of 10'],
    ['told before it is stored', 'told when it is stored', 'told when it is stored'],
    ['302 and a cookie', '500, no cookie', '500, no cookie'],
    ['no such option', '10 of 10', '10 of 10'],
  ])
})
