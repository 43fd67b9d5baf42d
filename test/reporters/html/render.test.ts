import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/model/event.ts'
import type { ServerResult } from '../../../src/model/results.ts'
import type { ServerId } from '../../../src/model/server.ts'
import { renderHtml } from '../../../src/reporters/html/render.ts'
import { reportInput } from '../../../src/reporters/final-reports.ts'
import type { ReportInput } from '../../../src/reporters/report-input.ts'
import { openPieces } from '../../../src/reporters/report-pieces.ts'
import { fleetReport } from '../../fixtures/fleet-report.ts'
import { anyHistory } from '../report-history.ts'
import { failedBy, fallen, foldOf, id, passed, passing, planOf, retested, skipped, slow, started, step } from '../report-run.ts'
import { parsePage } from './parse-page.ts'

const megabyte = 1_000_000

function filesOf(input: ReportInput): ReadonlyMap<string, string> {
  return new Map([...renderHtml(input)].map(({ path, chunks }) => [path, [...chunks].join('')]))
}

function inputOf(...run: Parameters<typeof foldOf>): ReportInput {
  const { state } = foldOf(...run)
  const place = { directory: '/out', cwd: '/' }
  return reportInput(state, openPieces(place).collect(state), place, [])
}

const end: Fact = { type: 'run.finished', status: 'finished', exitCode: 3, problems: ['1 server was not judged'] }
const reserved: Fact[] = [started(id(104)), ...step(id(104), 'install', failedBy('ServerNotOursError', 'in use by ops')), ...step(id(104), 'destroy', skipped('not ours')), { type: 'server.finished', server: id(104), tail: [] }]
const small = inputOf(planOf([101, 102, 103, 104, 105]), [...passing(id(101)), ...slow(id(102)), ...fallen(id(103), failedBy('DefectError', 'a < b')), ...reserved, ...retested(id(105)), end])

/** The text of a page in one line. */
function textOf(page: string | undefined): string {
  return parsePage(page ?? '').text.replaceAll(/\s+/g, ' ')
}

test('the index tells what failed before what was skipped, and of all servers last', () => {
  const text = textOf(filesOf(small).get('html/index.html'))
  const order = ['✗ 2 servers failed', 'servers5', 'marked as broken', 'Not in order', '1 server was not judged', 'Failed (2)', '102 ✗ failed', 'score 31 is below 50, by 19', 'at least 50', 'Marked as broken. Log: logs/102.log', 'benchmark: score 31', '103 ✗ failed, not judged', 'install: a < b', 'Not marked as broken.', 'Skipped (1)', 'in use by ops', 'Passed, with a remark', 'Passed only when measured anew (1): 105', 'All servers (5)', 'below 50', 'Other files of this run']
  const places = order.map((words, index) => text.indexOf(words, index === 0 ? 0 : text.indexOf(order[index - 1]!)))
  expect(places.filter((place) => place < 0).map((place) => order[places.indexOf(place)])).toEqual([])
  expect(places).toEqual(places.toSorted((one, other) => one - other))
})

test('the page of a server tells each measurement, and each step in its order', () => {
  const text = textOf(filesOf(small).get('html/servers/105.html'))
  expect(text).toContain('measurement 1measurement 2')
  expect(text).toContain('31 ✗ missed80')
  expect(text).toMatch(/install.*benchmark \(measurement 1\).*check \(measurement 1\).*benchmark \(measurement 2\).*check \(measurement 2\).*destroy.*mark/)
})

test('that a server is not marked is told where it failed, and not where nobody would mark it', () => {
  const files = filesOf(small)
  const told = [101, 102, 103, 104].map((server) => /left [a-z ]+\.(.*?) Log:/.exec(textOf(files.get(`html/servers/${server}.html`)))?.[1])
  expect(told).toEqual(['', ' Marked as broken.', ' Not marked as broken.', ''])
})

test('a value that missed its bound is rounded on every page, and not onto the bound', () => {
  const missing = (server: ServerId, value: number): Fact[] => {
    const violations = [{ metric: 'score', value, unit: '', bound: { min: 50 }, by: 50 - value, rule: 0 }]
    return [started(server), ...step(server, 'install', passed), ...step(server, 'benchmark', { status: 'passed', metrics: { score: value } }), ...step(server, 'check', { status: 'failed', failure: { type: 'PerformanceError', message: 'score' }, violations }), { type: 'server.finished', server, tail: [] }]
  }
  const files = filesOf(inputOf(planOf([101, 102]), [...missing(id(101), 31.8 - 2 ** -47), ...missing(id(102), 49.9999999)]))
  const pages = ['index', 'servers/101', 'servers/102'].map((page) => textOf(files.get(`html/${page}.html`)))
  expect(pages.filter((text) => /31\.79|\d{9}/.test(text.replaceAll('49.9999999', '')))).toEqual([])
  expect(pages[0]).toMatch(/31\.8 ✗ below 50.*49\.9999999 ✗ below 50|49\.9999999 ✗ below 50.*31\.8 ✗ below 50/)
  expect(pages.slice(1).map((text) => /([\d.]+) ✗ missed/.exec(text)?.[1])).toEqual(['31.8', '49.9999999'])
})

test('a run that has not ended says so', () => {
  expect(textOf(filesOf(inputOf(planOf([101, 102]), passing(id(101)))).get('html/index.html'))).toContain('– not ended')
})

test('earlier runs of a server stand on its page, the newest first', () => {
  const text = textOf(filesOf(fleetReport({ servers: 20, past: 3 })).get('html/servers/rack01-02.html'))
  expect(text).toMatch(/in earlier runs, the newest first.*2026-10-03 01:00:00 UTC.*2026-10-02 01:00:00 UTC.*2026-10-01 01:00:00 UTC/)
})

const openable = /\.(?:html|txt|json|xml|svg|png|log)$/
const besides = new Set(['results.json', 'junit.xml', 'failed-servers.txt'])

/** Whatever a page asks for or leads to, as a path below the folder of the reports. */
function targetsOf(path: string, page: string): string[] {
  const asked = parsePage(page).elements.flatMap(({ attributes }) => [attributes['href'], attributes['src']].filter((target) => target !== undefined))
  return asked.map((target) => decodeURIComponent(new URL(target, `http://host/${path}`).href.replace('http://host/', '').replace(/#.*$/, '')))
}

function brokenIn(files: ReadonlyMap<string, string>, { results, logOf }: ReportInput): string[] {
  const logs = new Set(Array.from(results.servers, logOf))
  return [...files].filter(([path]) => path.endsWith('.html')).flatMap(([path, page]) =>
    targetsOf(path, page).filter((target) => !(files.has(target) || logs.has(target) || besides.has(target)) || !(openable.test(target) || target === 'html/style.css')).map((target) => `${path}: ${target}`))
}

describe('whatever happened in a run and whatever others say,', () => {
  test('each page is well-formed, has nothing that the policy forbids, and links only to what is there and opens', () => {
    fc.assert(fc.property(anyHistory, ({ plan, facts }) => {
      const input = inputOf(plan, facts)
      const files = filesOf(input)
      for (const [path, page] of files) {
        if (!path.endsWith('.html')) continue
        const { elements } = parsePage(page)
        expect(elements.filter(({ name, attributes }) => ['script', 'style', 'iframe', 'object', 'form', 'base'].includes(name) || Object.keys(attributes).some((key) => key === 'style' || key === 'target' || key === 'download' || key.startsWith('on')))).toEqual([])
        expect(elements.filter(({ name }) => name === 'h1' || name === 'main')).toHaveLength(2)
      }
      expect(brokenIn(files, input)).toEqual([])
      expect([...files.keys()].filter((path) => path.startsWith('html/servers/')).toSorted()).toEqual(Array.from(input.results.servers, (server) => `html/servers/${server.id}.html`).toSorted())
    }), { numRuns: 40 })
  })

  test('every image has words for it, and every table a caption and headings', () => {
    const files = filesOf(fleetReport({ servers: 30, past: 3 }))
    for (const [path, page] of files) {
      if (!path.endsWith('.html')) continue
      const { elements } = parsePage(page)
      const of = (wanted: string) => elements.filter(({ name }) => name === wanted)
      expect(of('img').filter(({ attributes }) => (attributes['alt'] ?? '').length < 20)).toEqual([])
      expect([of('caption').length, of('thead').length]).toEqual([of('table').length, of('table').length])
      expect(of('th').filter(({ attributes }) => !['row', 'col'].includes(attributes['scope'] ?? ''))).toEqual([])
    }
  })
})

describe('a large fleet', () => {
  test('has its table on pages of their own, each server once, and a page for each', () => {
    const input = fleetReport({ servers: 2100 })
    const files = filesOf(input)
    const lists = [...files].filter(([path]) => /^html\/servers-\d+\.html$/.test(path))
    const listed = lists.flatMap(([, page]) => [...page.matchAll(/<th scope="row"><a href="servers\/([^"]+)\.html">/g)].map(([, server]) => server))
    expect(lists.map(([path]) => path)).toEqual(['html/servers-1.html', 'html/servers-2.html', 'html/servers-3.html'])
    expect([listed.length, new Set(listed)]).toEqual([2100, new Set<string>(Array.from(input.results.servers, (server) => server.id))])
    expect(brokenIn(files, input)).toEqual([])
  })

  test('in which every server failed with the longest texts that there are keeps each page below 2 MB, and the index within what can be read', () => {
    const nasty = '&"\'<\u20ac'.repeat(4000)
    const { results, ...rest } = fleetReport({ servers: 400 })
    const names = Array.from({ length: 60 }, (_, index) => `${nasty.slice(0, 120)}${index}`)
    const metrics = Object.fromEntries(names.map((name, index) => [name, index / 3]))
    const violations = names.map((metric) => ({ metric, value: 1 / 3, unit: nasty, bound: { min: 1 / 7 }, by: 1 / 3, rule: 0 }))
    const error = { type: 'ServerOperationError', message: nasty.slice(0, 16_384) } as const
    const check = { status: 'failed', durationMs: 1, attempts: 1, error } as const
    const failed = (server: ServerResult): ServerResult => ({
      ...server, status: 'failed', error: { ...error, step: 'check' }, metrics, violations, tail: Array.from({ length: 20 }, () => nasty.slice(0, 4096)),
      steps: { install: check, benchmark: check, check, destroy: check, mark: check }, rounds: Array.from({ length: 12 }, () => ({ benchmark: check, check, metrics, violations })),
      labels: Object.fromEntries(names.map((name) => [name, nasty])), broken: { due: true, marked: false, reason: nasty, withheld: nasty },
    })
    const input: ReportInput = { ...rest, results: { ...results, servers: Array.from(results.servers, failed), run: { ...results.run, problems: Array.from({ length: 200 }, () => nasty) } } }
    const tooLarge: string[] = []
    let pages = 0
    for (const { path, chunks } of renderHtml(input)) {
      if (!path.endsWith('.html') || (path.startsWith('html/servers/') && pages > 8)) continue
      pages += 1
      let bytes = 0
      for (const chunk of chunks) bytes += Buffer.byteLength(chunk)
      if (bytes > 2 * megabyte) tooLarge.push(`${path}: ${bytes}`)
    }
    expect({ tooLarge, isTried: pages > 8 }).toEqual({ tooLarge: [], isTried: true })
  })
})

test('the same input gives the same bytes', () => {
  const input = fleetReport({ servers: 30, past: 2 })
  expect([...filesOf(input)]).toEqual([...filesOf(input)])
})
