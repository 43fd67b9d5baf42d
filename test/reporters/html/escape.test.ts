import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, markupOf } from '../../../src/reporters/html/escape.ts'

test('what is put in is text, and only what the template says is markup', () => {
  expect(markupOf(html`<p title="${`"'`}">${'<b>&'}${html`<i>${'>'}</i>`}${['a', 1, html`<br>`, [false, undefined, 'b']]}</p>`)).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;<i>&gt;</i>a1<br>b</p>')
})

test('an object of others that looks like a piece of HTML is none', () => {
  const bait = JSON.parse('{"markup": "<script>", "Symbol(markup)": "<script>"}') as string
  expect(markupOf(html`${bait}`)).not.toContain('<script>')
})

test('whatever the text, no character of it means anything to a browser', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(markupOf(html`${text}`).replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&<>"']/)
  }))
})
