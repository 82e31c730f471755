import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as node from '../../src/core/platform.node.ts'
import * as web from '../../src/core/platform.web.ts'
import { Random } from '../random.ts'

test('both platforms compute the same SHA-256', () => {
  assert.equal(web.sha256('abc'), Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url'))
  const random = new Random(1)
  for (let length = 0; length < 300; length++) {
    const text = String.fromCharCode(...Array.from({ length }, () => random.integer(0x800)))
    assert.equal(web.sha256(text), node.sha256(text), `of ${length} characters`)
  }
})

test('both platforms give random text of the length asked for', () => {
  for (const { randomText } of [node, web]) {
    for (const bytes of [9, 12, 16, 32]) assert.match(randomText(bytes), new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`))
    assert.equal(new Set(Array.from({ length: 1000 }, () => randomText(16))).size, 1000)
  }
})

test('no random byte is given twice, whatever lengths are asked for after another', () => {
  // Each text as bits of three bytes: two that share some would share a run of them.
  const seen = new Set<string>()
  let runs = 0
  for (let round = 0; round < 500; round++)
    for (const bytes of [9, 15, 33, 5000]) {
      const text = node.randomText(bytes)
      for (let at = 0; at + 8 <= Math.min(text.length, 44); at += 4) {
        seen.add(text.slice(at, at + 8))
        runs++
      }
    }
  assert.equal(seen.size, runs)
})
