import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resultsCsv } from '../../src/reporters/results-csv.ts'
import { resultsOf } from '../../src/reporters/results.ts'
import { failedBy, fallen, foldOf, id, passing, planOf, slow } from './report-run.ts'

function csvOf(...run: Parameters<typeof foldOf>): string {
  return [...resultsCsv(resultsOf(foldOf(...run).state))].join('')
}

test('each server is a row, with what it measured and how long its steps took', () => {
  const labelled = [{ id: id(101), labels: { model: 'R640' } }, { id: id(102), labels: {} }, { id: id(103), labels: {} }]
  expect(csvOf(planOf([], { servers: labelled }), [...passing(id(101)), ...slow(id(102))])).toBe(
    [
      'id,status,step,error,reason,marked,left,worker,started_at,total_s,install_s,benchmark_s,check_s,destroy_s,mark_s,label.model,score',
      '101,passed,,,,no,clean,worker-01,2026-11-21T10:00:01.000Z,10,1,1,0,1,,R640,80',
      '102,failed,check,PerformanceError,"score 31 is below 50, by 19",yes,installed,worker-01,2026-11-21T10:00:12.000Z,10,1,1,0,,1,,31',
      '103,skipped,,,not finished,no,clean,,,0,,,,,,,',
      '',
    ].join('\n'),
  )
})

test('what a spreadsheet would carry out is a text, and a number is none', () => {
  const csv = csvOf(planOf([101]), [...fallen(id(101), failedBy('ServerOperationError', '=cmd|calc'))])
  expect(parse(csv, { columns: true })).toEqual([expect.objectContaining({ reason: "'=cmd|calc" })])
})

test('whatever a server says stays in its own cell', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (message) => {
      const rows = parse(csvOf(planOf([101, 102]), [...fallen(id(101), failedBy('ServerOperationError', message))]), { columns: true }) as Record<string, string>[]
      return rows.length === 2 && rows[0]?.['id'] === '101' && rows[1]?.['id'] === '102' && rows[0]['marked'] === 'no'
    }),
  )
})
