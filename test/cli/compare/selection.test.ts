import { expect, test } from 'vitest'
import { readSelection } from '../../../src/cli/compare/selection.ts'

const day = (text: string): number => Date.parse(`${text}T00:00:00.000Z`)

test.each([
  ['last', { is: 'back', by: 0 }],
  ['last~0', { is: 'back', by: 0 }],
  ['last~7', { is: 'back', by: 7 }],
  ['2026-11-01', { is: 'days', from: day('2026-11-01'), until: day('2026-11-02') }],
  ['2026-11-01..2026-11-07', { is: 'days', from: day('2026-11-01'), until: day('2026-11-08') }],
  ['2028-02-29..2028-02-29', { is: 'days', from: day('2028-02-29'), until: day('2028-03-01') }],
] as const)('%s are runs of the history', (word, selection) => {
  expect(readSelection(word)).toEqual(selection)
})

test.each(['./last', 'last~', 'last~x', 'last~-1', 'Last', 'last 7', '2026-11-1', '2026-11-01..', '..2026-11-01', '2026-11-01...2026-11-07', 'rackbench-out', 'results.json', '', '20261121T100000Z-3f9a0c11'])('%j is no such selection', (word) => {
  expect(readSelection(word)).toBe(undefined)
})

test.each([
  ['2026-02-30', 'there is no such day as 2026-02-30'],
  ['2026-11-01..2026-13-01', 'there is no such day as 2026-13-01'],
  ['2026-11-07..2026-11-01', 'the last day comes before the first'],
])('%s: %s', (word, problem) => {
  expect(readSelection(word)).toBe(problem)
})
