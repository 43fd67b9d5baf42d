import { expect, test } from 'vitest'
import { allColours, noColours } from '../../src/reporters/colour.ts'
import { renderRegion } from '../../src/reporters/live-region.ts'
import type { Progress } from '../../src/reporters/progress.ts'
import { id } from './report-run.ts'

const lanes = (count: number) => Array.from({ length: count }, (_, index) => ({ worker: `worker-${String(count - index).padStart(2, '0')}`, server: id(104 + index), step: 'install' as const, forMs: 192_400 }))
const progress: Progress = { total: 60, done: { passed: 10, failed: 2, skipped: 0 }, waiting: 46, underWay: lanes(2), elapsedMs: 723_000, leftMs: 3_900_000 }

test('a bar, the counts, the time, and what each worker does, in the order of the workers', () => {
  expect(renderRegion({ ...progress, underWay: [...lanes(2), { worker: 'worker-03', server: id('node-01'), step: undefined, forMs: 0 }] }, { columns: 160, rows: 24, colours: noColours })).toEqual([
    '[####                    ] 12 of 60 done, 12m 3s, about 1h 5m left, 10 passed, 2 failed, 0 skipped, 3 under way, 46 waiting',
    'worker-01  105      install    3m 12s',
    'worker-02  104      install    3m 12s',
    'worker-03  node-01  starting   0s',
  ])
})

test('no line is wider than the terminal, and more workers than fit are counted', () => {
  const region = renderRegion({ ...progress, underWay: lanes(15) }, { columns: 30, rows: 10, colours: noColours })
  expect(region).toEqual([
    '[####                    ] 12',
    'worker-01  118  install    3m',
    'worker-02  117  install    3m',
    'worker-03  116  install    3m',
    'worker-04  115  install    3m',
    'and 11 more',
  ])
})

test('the smallest terminal has a bar and a line', () => {
  expect(renderRegion(progress, { columns: 20, rows: 1, colours: noColours })).toEqual(['[####              ', 'and 2 more'])
})

test('colours mark what has failed, and only where something has', () => {
  const [bar] = renderRegion(progress, { columns: 160, rows: 24, colours: allColours })
  expect(bar).toContain('\u001b[32m10 passed\u001b[39m, \u001b[31m2 failed\u001b[39m, 0 skipped')
  const [good] = renderRegion({ ...progress, done: { passed: 0, failed: 0, skipped: 1 } }, { columns: 160, rows: 24, colours: allColours })
  expect(good).toContain('0 failed, \u001b[33m1 skipped\u001b[39m')
})

test('a run of which nothing is known yet is an empty bar', () => {
  expect(renderRegion({ ...progress, total: 0, done: { passed: 0, failed: 0, skipped: 0 }, underWay: [], leftMs: undefined }, { columns: 120, rows: 24, colours: noColours })).toEqual([
    '[                        ] 0 of 0 done, 12m 3s, 0 passed, 0 failed, 0 skipped, 0 under way, 46 waiting',
  ])
})
