import { expect, test } from 'vitest'
import { verdictsPlot } from '../../../src/reporters/plots/verdicts.ts'
import type { Plotted } from './plotted.ts'
import { elementsOf, pastOf, runOf, wordsOf } from './plotted.ts'

const passed: Plotted = { id: '101' }
const failed: Plotted = { id: '102', failedBy: 'install' }

test('each run is a bar, this one the last, with what failed in figures, too', () => {
  const plot = verdictsPlot(runOf([passed, failed]), [pastOf([passed, { id: '102' }], 2), pastOf([passed], 1)])
  expect(plot?.alt).toBe('Servers that passed, failed and were skipped in the last 3 runs, the newest first. 11-21: 1 passed, 1 failed, 0 skipped; 11-20: 1 passed, 0 failed, 0 skipped; 11-19: 2 passed, 0 failed, 0 skipped.')
  expect(wordsOf(plot!.svg)).toEqual(['Servers by verdict, over the last runs (this one is the last)', 'passed', 'skipped', 'failed', '0', '1', '2', '11-19', '11-20', '11-21', 'failed', '0', '0', '1'])
  const heights = elementsOf(plot!.svg).filter(({ name, attributes }) => name === 'rect' && attributes['stroke'] !== undefined).map(({ attributes }) => `${attributes['class']} ${attributes['height']}`)
  expect(heights).toEqual(['f-failed s-page 88', 'f-passed s-page 176', 'f-passed s-page 88', 'f-passed s-page 88'])
})

test('a run without a past is no history', () => {
  expect(verdictsPlot(runOf([passed]), [])).toBeUndefined()
})

test('of many runs the last 30 are drawn, and the words stay short', () => {
  const past = Array.from({ length: 100 }, (_, index) => pastOf([passed, failed], 100 - index))
  const plot = verdictsPlot(runOf([passed, failed]), past)
  expect(plot?.alt).toMatch(/^Servers that passed, failed and were skipped in the last 30 runs, .* In the 20 runs before these from 1 to 1 failed\.$/)
  expect(plot?.alt.length).toBeLessThan(700)
})
