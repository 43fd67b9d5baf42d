import { expect, test } from 'vitest'
import { element, svgDocument, words } from '../../../src/reporters/plots/svg.ts'
import { paint } from '../../../src/reporters/plots/palette.ts'

test('numbers are written to a tenth of a pixel, and what is not known is left out', () => {
  expect(element('rect', { x: 1 / 3, y: 2, width: undefined })).toBe('<rect x="0.3" y="2"/>')
})

test('texts of others are escaped, in one line, without what XML forbids', () => {
  expect(words(1, 2, '<b>"a"\u0000\n&\u001b[31mred')).toBe('<text x="1" y="2" class="f-ink" fill="#1f2328">&lt;b&gt;&quot;a&quot; &amp;red</text>')
})

test('a text of others is bounded', () => {
  expect(words(0, 0, 'x'.repeat(100_000)).length).toBeLessThan(400)
})

test('a colour is a plain attribute, and a class for a dark page to override it by', () => {
  expect(paint({ fill: 'none', stroke: 'failed' })).toEqual({ class: 's-failed', fill: 'none', stroke: '#d55e00' })
})

test('a document has a name, a description, a background, and colours for a dark page', () => {
  const svg = svgDocument({ width: 10, height: 20, title: 'A & B', description: 'two' }, element('g', {}))
  expect(svg.replace(/<style>.*<\/style>/, '<style/>')).toBe(
    `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20" viewBox="0 0 10 20" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12">
<title id="title">A &amp; B</title>
<desc id="description">two</desc>
<style/>
<rect width="10" height="20" class="f-page" fill="#ffffff"/>
<g/>
</svg>
`,
  )
  expect(svg).toMatch(/<style>@media \(prefers-color-scheme:dark\)\{\.f-page\{fill:#0d1117\}/)
})
