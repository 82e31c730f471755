import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { packLibrary, unpackLibrary } from '../../scripts/pack.ts'
import { bundled } from './bundle.ts'
import { closureOf, weigh } from './closure.ts'
import { Home } from './home.ts'
import { factsOf, timesOf } from './measure.ts'
import { hasPeers, MISSING_PEERS, PEERS } from './peers.ts'
import { BASELINES, LIBRARY, OURS, packageOf, THEIRS } from './subjects.ts'

const peers = { skip: hasPeers() ? false : MISSING_PEERS }
const home = new Home()
after(() => home.leave())
before(async () => {
  await unpackLibrary(await packLibrary(home.folder), home.modules)
})

const fileOf = (specifier: string): string => (specifier === LIBRARY ? `${LIBRARY}/dist/index.js` : `${specifier.replace(LIBRARY, `${LIBRARY}/dist`)}.js`)

describe('what importing the library costs', () => {
  for (const [title, subject] of Object.entries(OURS)) {
    test(`it installs one package and loads nothing of another: ${title}`, async () => {
      const { files, filesOfOthers, packages, installedBytes, loadedBytes } = await factsOf(home, subject, false)
      assert.deepEqual({ filesOfOthers, packages }, { filesOfOthers: 0, packages: 1 })
      assert.ok(files > 1 && loadedBytes > 1000 && installedBytes > loadedBytes)
    })

    test(`it loads the store and the adapter that were named, and no other: ${title}`, async () => {
      const { files } = await home.loaded(subject)
      for (const specifier of subject.specifiers) assert.ok(files.includes(fileOf(specifier)), specifier)
      const others = Object.values(OURS).flatMap(({ specifiers }) => specifiers.filter((specifier) => !subject.specifiers.includes(specifier)))
      assert.deepEqual(
        others.filter((specifier) => files.includes(fileOf(specifier))),
        [],
      )
    })
  }

  test('all of it can be timed', async () => {
    for (const [title, { median }] of Object.entries(await timesOf(home, { ...BASELINES, ...OURS }, 1))) assert.ok(median > 0, title)
  })

  test('the web adapter is bundled without anything of Node', peers, () => {
    const { bytes, gzipBytes } = bundled(OURS['instar, adapters/web'] ?? { specifiers: [] }, home.folder)
    assert.ok(bytes > gzipBytes && gzipBytes > 1000)
  })
})

describe('what importing others costs', peers, () => {
  before(() =>
    home.bring(
      join(PEERS, 'node_modules'),
      Object.values(THEIRS).flatMap(({ specifiers }) => specifiers.map(packageOf)),
    ),
  )

  for (const [title, subject] of Object.entries(THEIRS)) {
    test(`is counted: ${title}`, async () => {
      const names = subject.specifiers.map(packageOf)
      const packages = new Set(closureOf(home.modules, names).map((folder) => folder.slice(home.modules.length + 1)))
      const { files } = await home.loaded(subject)
      assert.ok(names.every((name) => files.some((file) => file.startsWith(`${name}/`))))
      assert.ok(packages.size >= names.length)
      for (const file of files)
        assert.ok(
          [...packages].some((folder) => file.startsWith(`${folder}/`)),
          `${file} is of no package that an install brings`,
        )
      const times = await timesOf(home, { [title]: subject }, 1)
      assert.ok((times[title]?.median ?? 0) > 0)
    })
  }
})

describe('the counts', () => {
  const write = (files: { readonly [path: string]: string }): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home.modules, path)), { recursive: true })
      writeFileSync(join(home.modules, path), text)
    }
  }

  test('have every file once, whichever way it is loaded, and those of other packages', async () => {
    const inner = "module.exports = require('../helper/data.json')"
    write({
      'leaky/package.json': JSON.stringify({ name: 'leaky', version: '1.0.0', type: 'module', exports: './index.js', dependencies: { helper: '1' } }),
      'leaky/index.js': "import './again.js'\nimport 'helper'\nimport 'node:os'",
      'leaky/again.js': "import 'helper'",
      'leaky/never.js': 'throw new Error()',
      'leaky/node_modules/helper/package.json': JSON.stringify({ name: 'helper', version: '1.0.0', main: 'index.cjs', dependencies: { second: '1' } }),
      'leaky/node_modules/helper/index.cjs': "require('./inner.cjs'); require('second')",
      'leaky/node_modules/helper/inner.cjs': inner,
      'leaky/node_modules/helper/data.json': '{}',
      'second/package.json': JSON.stringify({ name: 'second', version: '1.0.0' }),
      'second/index.js': "require('fs')",
    })
    const { files, outside, builtins, bytes } = await home.loaded({ specifiers: ['leaky'] })
    const helper = ['data.json', 'index.cjs', 'inner.cjs'].map((name) => `leaky/node_modules/helper/${name}`)
    assert.deepEqual(files.toSorted(), ['leaky/again.js', 'leaky/index.js', ...helper, 'second/index.js'])
    assert.deepEqual(outside.map((path) => path.slice(home.modules.length + 1)).toSorted(), [...helper, 'second/index.js'])
    assert.deepEqual(builtins.toSorted(), ['node:fs', 'node:os'])
    assert.ok(bytes > inner.length)
    assert.deepEqual(
      closureOf(home.modules, ['leaky']).map((folder) => folder.slice(home.modules.length + 1)),
      ['leaky', 'leaky/node_modules/helper', 'second'],
    )
    const { packages, packedBytes, packedWithDependenciesBytes } = await weigh(home.modules, ['leaky'])
    assert.equal(packages, 3)
    assert.ok(packedWithDependenciesBytes > packedBytes && packedBytes > 0)
  })
})
