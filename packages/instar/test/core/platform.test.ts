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
