import { equal, ok } from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { ERRORS } from 'instar'
import { ROOT } from './run.ts'

const pages = ['README.md', 'SECURITY.md', 'packages/instar/README.md', ...globSync('docs/{guides,reference}/*.md', { cwd: ROOT })]
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
const { exports } = JSON.parse(readFileSync(join(ROOT, 'packages/instar/package.json'), 'utf8')) as { exports: Record<string, unknown> }
const events = readFileSync(join(ROOT, 'packages/instar/src/core/events.ts'), 'utf8')

for (const page of pages) {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] as string)

  describe(page, () => {
    test('links lead somewhere', () => {
      for (const link of all(/\]\((?!https?:)([^)#]+)/g)) ok(existsSync(join(ROOT, dirname(page), link)), link)
    })

    test('commands exist', () => {
      for (const name of all(/\bnpm run ([a-z:]+)/g)) ok(scripts[name] !== undefined, name)
    })

    test('error codes exist and have the status that is said', () => {
      for (const [, code, status] of text.matchAll(/`([a-z]+(?:_[a-z]+)+)` \((\d{3})\)/g)) equal(ERRORS[code as keyof typeof ERRORS]?.[0], Number(status), code)
    })

    test('events exist', () => {
      for (const name of all(/`((?:session|csrf|development)\.[a-z]+(?:_[a-z]+)*)`/g))
        if (!/^session\.(get|set)$|^csrf\.(exempt)$/.test(name)) ok(events.includes(`'${name}'`), name)
    })

    test('imports are entry points', () => {
      for (const name of all(/from '(instar[^']*)'/g)) ok(exports[name.replace('instar', '.')] !== undefined, name)
    })
  })
}
