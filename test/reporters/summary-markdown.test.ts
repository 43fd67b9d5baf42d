import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import { resultsOf } from '../../src/reporters/results.ts'
import { summaryMarkdown } from '../../src/reporters/summary-markdown.ts'
import { failedBy, fallen, foldOf, id, passing, planOf, skipped, slow, started, step } from './report-run.ts'

const end: Fact = { type: 'run.finished', status: 'finished', exitCode: 3, problems: ['1 server was not judged'] }

function summaryOf(...run: Parameters<typeof foldOf>): string {
  return summaryMarkdown(resultsOf(foldOf(...run).state), [{ metric: 'score', min: 50, unit: 'ops' }])
}

test('what failed stands before what passed, and the numbers last', () => {
  const mine: Fact[] = [started(id(104)), ...step(id(104), 'install', failedBy('ServerNotOursError', 'in use by ops')), ...step(id(104), 'destroy', skipped('not ours')), { type: 'server.finished', server: id(104), tail: [] }]
  expect(summaryOf(planOf([101, 102, 103, 104]), [...passing(id(101)), ...slow(id(102)), ...fallen(id(103), failedBy('DefectError', 'a | b')), ...mine, end])).toBe(
    [
      '# rackbench: 2 servers failed',
      '',
      'Run `r1`, debian-12, began 2026-11-21T10:00:00.000Z, 34s, exit code 3',
      '',
      '| servers | passed | failed | skipped | marked as broken | left installed |',
      '| ---: | ---: | ---: | ---: | ---: | ---: |',
      '| 4 | 1 | 2 | 1 | 1 | 3 |',
      '',
      '## Not in order',
      '',
      '- 1 server was not judged',
      '',
      '## Failed (2)',
      '',
      '| server | step | reason | marked |',
      '| --- | --- | --- | --- |',
      '| `102` | check | score 31 is below 50, by 19 | yes |',
      String.raw`| ${'`103`'} | install | a \| b | no |`,
      '',
      '## Skipped',
      '',
      '- 1: install: in use by ops (104)',
      '',
      '## Metrics',
      '',
      '| metric | unit | servers | least | median | most |',
      '| --- | --- | ---: | ---: | ---: | ---: |',
      '| score | ops | 2 | 31 | 55.5 | 80 |',
      '',
    ].join('\n'),
  )
})

test('the build is linked to, if it is known', () => {
  const { state } = foldOf(planOf([101]), passing(id(101)))
  expect(summaryMarkdown(resultsOf({ ...state, build: { job: 'fleet', number: '7', url: 'https://ci.example/job/fleet/7/' } }), [])).toContain('Build: [fleet 7](<https://ci.example/job/fleet/7/>)')
})

test('of many failed servers the first are told, and how many there are', () => {
  const ids = Array.from({ length: 40 }, (_, index) => id(101 + index))
  const text = summaryOf(planOf(ids), ids.flatMap((server) => slow(server)))
  expect([text.includes('## Failed (40)'), text.match(/^\| `/gm)?.length, text.includes('and 10 more: see failed-servers.txt')]).toEqual([true, 30, true])
})

test('nothing that a server says becomes a heading, a cell, a link or HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      const message = `${text}|\n# x\n[a](http://b)<script>`
      const row = summaryOf(planOf([101]), fallen(id(101), failedBy('ServerOperationError', message))).split('\n').filter((line) => line.startsWith('| `101`'))
      return row.length === 1 && row[0]!.replaceAll(/\\./g, '').split('|').length === 6 && !/<|\[/.test(row[0]!.replaceAll(/\\./g, ''))
    }),
  )
})

test('a run that ended, and not well, is not called finished', () => {
  expect(summaryOf(planOf([101]), [{ type: 'run.finished', status: 'finished', exitCode: 3, problems: ['no server ran at all'] }])).toContain('# rackbench: not in order\n')
})
