import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { adapterConformance } from 'instar/testing'
import { sabotages } from './list.ts'

test('each case of the adapter suite is broken by a sabotage', () => {
  const broken = new Set(sabotages.filter(({ test }) => test.file === 'adapters/conformance.test.ts').map(({ test }) => test.name))
  deepEqual(
    adapterConformance.map(({ title }) => title).filter((title) => !broken.has(title)),
    [],
  )
})

test('no two sabotages have one title', () => {
  const titles = sabotages.map(({ title }) => title)
  deepEqual(
    titles.filter((title, at) => titles.indexOf(title) !== at),
    [],
  )
})
