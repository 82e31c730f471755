import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sameOriginPath } from '../../src/core/return-to.ts'

const REFUSED = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html,x',
  'https://evil.example/',
  'https:/evil.example',
  'evil.example',
  '',
  '.',
  '?a=1',
  '#x',
  ' /a',
  '/ a',
  '\t/a',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\nSet-Cookie: a=b',
  '/\0',
  '/\u007f',
  '/\u00a0/evil.example',
  '/\u2028',
  '/%2f/evil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/%255cevil.example',
  '/%252f%252fevil.example',
  '/%2e%2e//evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/%09/evil.example',
  '/%0d%0aSet-Cookie:a=b',
  '/%00',
  '/x/..%2f/evil.com',
  '/.%2f/evil.com',
  '/%2e%2f%2fevil.com',
  '/x/%2e%2e%2f%2fevil.com',
  '/a%2f%2e%2e%2f%2fevil.com',
  '/a/%252e%252e%252f%252fevil.com',
  '/\u20ac',
  '/caf\u00e9',
  '/\ud800',
  '/\uffff',
  '/%',
  '/%zz',
  '/%e0%a4%a',
  `/${'a'.repeat(3000)}`,
]

const ACCEPTED = [
  '/',
  '/a',
  '/a/b',
  '/a?b=c&d=e',
  '/a?next=https%3A%2F%2Fother.example%2F',
  '/a#part',
  '/a?b=//c',
  '/caf%C3%A9',
  '/a%20b',
  '/~ann/(x)',
  '/a/./b',
  '/@user',
  '/a:b',
]

test('paths that could lead elsewhere are refused', () => {
  for (const path of REFUSED) assert.equal(sameOriginPath(path), undefined, JSON.stringify(path))
  for (const value of [undefined, null, 1, {}, ['/a'], { toString: () => '/a' }]) assert.equal(sameOriginPath(value), undefined)
})

test('paths of this origin pass as they are', () => {
  for (const path of ACCEPTED) assert.equal(sameOriginPath(path), path)
})

test('whatever passes resolves to the same origin, for every short path of dangerous characters', () => {
  const characters = ['/', '\\', '.', ':', '@', '?', '#', '%2f', '%5c', '%2e', '\t', 'a', ';', ' ']
  const bases = ['https://shop.example/', 'https://shop.example/a/b?c']
  let accepted = 0
  const visit = (path: string, depth: number): void => {
    if (sameOriginPath(path) !== undefined) {
      accepted++
      for (const base of bases) {
        for (const reading of [path, decodeURIComponent(path.split(/[?#]/, 1)[0] as string), path.replaceAll('\\', '/')])
          assert.equal(new URL(reading, base).origin, 'https://shop.example', path)
      }
    }
    if (depth > 0) for (const character of characters) visit(path + character, depth - 1)
  }
  visit('', 5)
  assert.ok(accepted > 100)
})
