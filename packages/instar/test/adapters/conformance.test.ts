import { describe, test } from 'node:test'
import { adapterConformance } from 'instar/testing'
import { expressAdapter, expresses, nodeAdapter } from './harness.ts'

const adapters = { 'node:http': nodeAdapter, ...Object.fromEntries(Object.entries(expresses).map(([name, make]) => [name, expressAdapter(make)])) }

for (const [name, subject] of Object.entries(adapters)) {
  describe(`adapter ${name}`, () => {
    for (const { title, check } of adapterConformance) test(title, () => check(subject))
  })
}
