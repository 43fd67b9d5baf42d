import { expect, test } from 'vitest'
import { timelinePlot } from '../../../src/reporters/plots/timeline.ts'
import type { Plotted } from './plotted.ts'
import { pathsOf, runOf, wordsOf } from './plotted.ts'

const four: readonly Plotted[] = [
  { id: '101', worker: 'worker-01', from: 0, took: [600, 1200, 300] },
  { id: '102', worker: 'worker-02', from: 0, took: [600, 1200, 300], failedBy: 'score', metrics: { score: 31 } },
  { id: '103', worker: 'worker-10', from: 0, took: [600, 0, 0], failedBy: 'install' },
  { id: '104', worker: 'worker-02', from: 1800, took: [600, 900, 300] },
]
const end = { finishedAt: '2026-11-21T11:00:00.000Z', concurrency: 4 }

test('workers are rows, in order, with their servers by name, and steps are told by colour', () => {
  const plot = timelinePlot(runOf(four, end))
  expect(wordsOf(plot!.svg)).toEqual([
    'Timeline of the run: 3 workers over 1h', 'install', 'benchmark', 'destroy', 'failed',
    '0', '5m', '10m', '15m', '20m', '25m', '30m', '35m', '40m', '45m', '50m', '55m', '1h',
    'worker-01', 'worker-02', 'worker-10', '101', '× 102', '104', '× 103', 'ended, 1h', 'time since the run began, 2026-11-21 10:00 UTC', '1 more worker had nothing to do',
  ])
  expect(plot!.alt).toBe(
    'Timeline of the run: 4 servers on 3 workers over 1h. Workers were busy 58 % of it on average, the least 17 %; 1 worker had nothing to do. ' +
      'The last to end was 104 on worker-02 at 1h; the longest was 101 with 35m. 2 failed: 102, 103.',
  )
})

test('a step is as long as it took, on the row of its worker', () => {
  const { svg } = timelinePlot(runOf(four, end))!
  const left = 24 + 9 * 11 * 0.6
  const second = (940 - left) / 3600
  const at = (from: number, row: number, seconds: number): string => `M${Math.round((left + from * second) * 10) / 10} ${64 + 26 * row - 6.5}h${Math.round(seconds * second * 10) / 10}`
  expect(pathsOf(svg, 's-install')).toEqual([at(0, 1, 600) + at(0, 2, 600) + at(1800, 2, 600) + at(0, 3, 600)])
  expect(pathsOf(svg, 's-destroy')).toEqual([at(1800, 1, 300) + at(3300, 2, 300)])
})

test('what failed has a frame and a cross: not its colour alone tells it', () => {
  const { svg } = timelinePlot(runOf(four, end))!
  expect(pathsOf(svg, 's-ink').join('').match(/M/g)).toHaveLength(1)
  const [key, crosses] = pathsOf(svg, 's-failed')
  expect([key, crosses].map((d) => d?.match(/l7 7m/g)?.length)).toEqual([1, 2])
})

test('a run that was cut short says by what', () => {
  expect(wordsOf(timelinePlot(runOf(four, { ...end, because: 'deadline' }))!.svg)).toContain('stopped by the deadline; ended, 1h')
})

test('of a run whose steps have no times, the servers are bars', () => {
  const results = runOf(four, end)
  const untimed = { ...results, servers: results.servers.map((server) => ({ ...server, steps: {}, rounds: [] })) }
  expect(wordsOf(timelinePlot(untimed)!.svg)).toContain('steps not known')
})

test('where no server was begun, there is nothing to show', () => {
  const results = runOf(four)
  expect(timelinePlot({ ...results, servers: results.servers.map((server) => ({ ...server, worker: null, startedAt: null })) })).toBeUndefined()
})

test('of too many workers those are drawn that were busy most and least, and the others are told', () => {
  const servers = Array.from({ length: 1000 }, (_, index): Plotted => ({ id: `s${index}`, worker: `worker-${index + 1}`, took: [60, index, 1] }))
  const texts = wordsOf(timelinePlot(runOf(servers, { concurrency: 1000 }))!.svg)
  expect(texts.at(-1)).toBe('600 more workers not drawn: these are the 200 that were busy longest, and the 200 that were least')
  expect(texts.filter((text) => text.startsWith('worker-'))).toEqual(expect.arrayContaining(['worker-1', 'worker-997']))
})
