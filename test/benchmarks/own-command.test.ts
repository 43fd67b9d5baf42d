import { describe, expect, test } from 'vitest'
import { commandOf, refusal } from '../fixtures/one-command.ts'

const raid = { name: 'raid', run: 'storcli show perf' }
const reads = (own: object, stdout: string, exitCode = 0): unknown => {
  let metrics: unknown
  const said = refusal(() => (metrics = commandOf({ ...raid, ...own }).parse({ exitCode, stdout, stderr: exitCode === 0 ? '' : 'no controller\n' })))
  return metrics ?? said.replace(/^MeasurementError: /, '')
}

test('a command of one\'s own runs as it is written, in the locale C, and is not begun anew', () => {
  const { parse: _, ...command } = commandOf({ ...raid, parse: { json: { rate: '/rate' } }, metrics: { rate: { unit: 'MB/s', better: 'higher' } }, require: ['storcli'], repeat: 3, maxSpread: '2.5%', silence: '1m' })
  expect(command).toEqual({
    name: 'raid',
    script: 'export LC_ALL=C\nstorcli show perf',
    requires: ['storcli'],
    repeat: 3,
    maxSpread: 0.025,
    repeatable: false,
    silenceMs: 60_000,
    metrics: { 'raid.rate': { unit: 'MB/s', better: 'higher' } },
  })
})

test('one that ends with anything but 0 is no measurement, whatever it printed', () => {
  expect(reads({ parse: 'lines' }, 'a=1\n', 3)).toBe('raid ended with 3: no controller')
})

test('one that only prepares measures nothing, and must end well', () => {
  expect([reads({ parse: 'nothing' }, 'a=1\n'), reads({ parse: 'nothing' }, '', 1)]).toEqual([{}, 'raid ended with 1: no controller'])
})

describe('json', () => {
  const json = { parse: { json: { rate: '/result/0/rate', count: '/count' } } }
  test.each<[string, unknown]>([
    ['note\n{"result": [{"rate": 1.5e3}], "count": "12"}\n', { 'raid.rate': 1500, 'raid.count': 12 }],
    ['all well\n', 'raid printed no JSON'],
    ['{"count": 1}', 'raid printed nothing at "/result/0/rate": rate should be a number'],
    ['{"result": [{"rate": null}], "count": 1}', 'raid printed null at "/result/0/rate": rate should be a number'],
    ['{"result": [{"rate": "1,5"}], "count": 1}', 'raid printed "1,5" at "/result/0/rate": rate should be a number'],
    ['{"result": [{"rate": 1e999}], "count": 1}', 'raid printed null at "/result/0/rate": rate should be a number'],
    ['{"result": [{"rate": [[1]]}], "count": 1}', 'raid printed an array at "/result/0/rate": rate should be a number'],
    [`{"result": [{"rate": ${'['.repeat(100_000)}${']'.repeat(100_000)}}], "count": 1}`, 'raid printed an array at "/result/0/rate": rate should be a number'],
    ['{"result": [{"rate": true}], "count": 1}', 'raid printed true at "/result/0/rate": rate should be a number'],
  ])('of %j', (stdout, expected) => {
    expect(reads(json, stdout)).toEqual(expected)
  })
})

describe('regex', () => {
  const regex = { parse: { regex: ['^rate: (?<rate>\\S+) MB/s$', 'count=(?<count>\\d+)?'] } }
  test.each<[string, unknown]>([
    ['began\n\u001b[1mrate: -12.5 MB/s\u001b[0m\r\ncount=7', { 'raid.rate': -12.5, 'raid.count': 7 }],
    ['count=7', String.raw`raid printed nothing that matches "^rate: (?<rate>\\S+) MB/s$"`],
    ['rate: 1 MB/s\nrate: 2 MB/s\ncount=7', String.raw`raid printed more than one thing that matches "^rate: (?<rate>\\S+) MB/s$"`],
    ['rate: 1,5 MB/s\ncount=7', 'raid printed "1,5" for rate: it should be a number such as 1234.5'],
    ['rate: NaN MB/s\ncount=7', 'raid printed "NaN" for rate: it should be a number such as 1234.5'],
    ['rate: 1 MB/s\ncount=', 'raid printed nothing for count: it should be a number such as 1234.5'],
  ])('of %j', (stdout, expected) => {
    expect(reads(regex, stdout)).toEqual(expected)
  })

  test('one pattern needs no list', () => {
    expect(reads({ parse: { regex: '(?<a>\\d+)/(?<b>\\d+)' } }, 'x 3/4')).toEqual({ 'raid.a': 3, 'raid.b': 4 })
  })

  test('a pattern that would try for years is given up', () => {
    expect(reads({ parse: { regex: '^(?<a>(?:\\d+)+)$' } }, `${'1'.repeat(60)}x`)).toBe(String.raw`raid: what it printed could not be matched with "^(?<a>(?:\\d+)+)$" within 1000 ms`)
  })
})

describe('lines', () => {
  const lines = { parse: 'lines', metrics: { rate: { unit: 'MB/s' } } }
  test.each<[string, unknown]>([
    ['checking ...\nrate = 12.5 MB/s\n errors=0\nPATH=/usr/bin\nresult=ok\n', { 'raid.rate': 12.5, 'raid.errors': 0 }],
    ['disk.0:read=.5e2\nrate=1', { 'raid.disk.0:read': 50, 'raid.rate': 1 }],
    ['errors=0', 'raid printed no rate'],
    ['all well', 'raid printed no line such as name=1234.5'],
    ['rate=1\nrate=2', 'raid printed rate twice'],
    ['rate=1 GB/s', 'raid printed rate in "GB/s", and not in MB/s'],
    ['rate=12,5 MB/s', 'raid printed "rate=12,5 MB/s": rate should be a number such as 1234.5'],
    ['rate=nan', 'raid printed "rate=nan": rate should be a number such as 1234.5'],
    ['rate=-inf', 'raid printed "rate=-inf": rate should be a number such as 1234.5'],
    ['rate=12.5MB/s', 'raid printed "rate=12.5MB/s": rate should be a number such as 1234.5'],
    ['rate=1e999', 'raid printed "rate=1e999": rate should be a number such as 1234.5'],
  ])('of %j', (stdout, expected) => {
    expect(reads(lines, stdout)).toEqual(expected)
  })
})
