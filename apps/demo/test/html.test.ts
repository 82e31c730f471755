import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html } from '../src/html.ts'

test('values are escaped, in text and in attributes', () => {
  const evil = `<script>"'&`
  assert.equal(html`<p title="${evil}">${evil}</p>`.toString(), '<p title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;</p>')
})

test('markup of the same tag goes in as it is, alone and in nested arrays, whose texts are escaped', () => {
  const bold = html`<b>${'<'}</b>`
  assert.equal(html`${bold}${[bold, ['<i>', 7]]}`.toString(), '<b>&lt;</b><b>&lt;</b>&lt;i&gt;7')
})

test('null, undefined and false leave nothing; 0 and the empty text are values', () => {
  assert.equal(html`[${null}${undefined}${false}${0}${''}]`.toString(), '[0]')
})

test('an object that only looks like markup is escaped', () => {
  const forged = { toString: () => '<b>' } as unknown as string
  assert.equal(html`${forged}`.toString(), '&lt;b&gt;')
})
