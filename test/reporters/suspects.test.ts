import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import { resultsSchema } from '../../src/model/results.ts'
import { reportFiles, writeReports } from '../../src/reporters/report-files.ts'
import { openPieces } from '../../src/reporters/report-pieces.ts'
import { renderReports } from '../../src/reporters/report-render.ts'
import { renderSummary } from '../../src/reporters/summary.ts'
import { parseJunit } from './junit-parse.ts'
import { foldOf, id, liveRun, passing, planOf } from './report-run.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

/** Servers of which the last ones measured less and less. */
function storyWith(usual: number, suspects: number, model?: string) {
  const ids = Array.from({ length: usual + suspects }, (_, index) => id(101 + index))
  const facts = ids.flatMap((server, index): Fact[] => {
    const score = index < usual ? 80 : 79 - index
    return passing(server).map((fact) => (fact.type === 'step.finished' && fact.step === 'benchmark' ? { ...fact, metrics: { score } } : fact) as Fact)
  })
  const labels = model === undefined ? {} : { model }
  return { plan: planOf([], { servers: ids.map((server) => ({ id: server, labels })) }), facts }
}

function runWith(...args: Parameters<typeof storyWith>) {
  const { plan, facts } = storyWith(...args)
  return foldOf(plan, facts).state
}

const reportsOf = (run: ReturnType<typeof runWith>) => {
  const reports = renderReports(run, openPieces({ directory: '/srv/out', cwd: '/srv' }))
  return { results: resultsSchema.parse(JSON.parse([...reports['results.json']].join(''))), junit: [...reports['junit.xml']].join(''), failed: [...reports['failed-servers.txt']].join('') }
}
const summaryOf = (run: ReturnType<typeof runWith>): readonly string[] => renderSummary(run, { directory: 'out', exitCode: 0, problems: [], rerun: '' })

test('a suspect is in results.json, is a property of the suite, and passes', () => {
  const { results, junit, failed } = reportsOf(runWith(19, 1, 'R640 <"&\u0007>'))
  expect(results.suspects).toEqual([{ server: '120', metric: 'score', value: 60, median: 80, deviations: 16, group: 'R640 <"&\u0007>', servers: 20 }])
  expect(results.servers.at(-1)).toMatchObject({ id: '120', status: 'passed', broken: { due: false, marked: false } })
  expect(failed).toBe('')
  expect(junit).toMatch(/<testsuite [^>]*failures="0" errors="0"[^>]*>\s*<properties>\s*<property name="suspect\.120\.score" value="score 60 is 16 deviations below the median 80 of 20 servers of model R640 &lt;&quot;&amp;>"\/>\s*<\/properties>/)
  expect(parseJunit(junit).cases.at(-1)).toMatchObject({ attributes: { name: '120' } })
})

test('a run without suspects says so in results.json, and nowhere else', () => {
  const { results, junit } = reportsOf(runWith(20, 0))
  expect(results.suspects).toEqual([])
  expect(junit).not.toContain('suspect')
  expect(summaryOf(runWith(20, 0)).join('\n')).not.toContain('far from the others')
})

test('the summary tells the gravest, and that nobody is marked for it', () => {
  const lines = summaryOf(runWith(100, 12, 'R640\u001b[31m'))
  const at = lines.indexOf('Passed, but far from the others (12), not marked for it:')
  expect(lines.slice(at + 1, at + 2)).toEqual(['  212  score -32 is 7.83 deviations below the median 80 of 112 servers of model R640'])
  expect(lines.slice(at + 10, at + 13)).toEqual([expect.stringMatching(/^ {2}203 {2}score/) as string, '  and 2 more, see out/results.json', ''])
})

test('of very many, junit.xml names the gravest hundred', () => {
  const { results, junit } = reportsOf(runWith(2000, 150))
  expect(results.suspects).toHaveLength(150)
  expect(junit.match(/<property name="suspect\./g)).toHaveLength(100)
})

test('at any moment of a run the reports name the suspects that those made from the journal do: none before all servers are through', async () => {
  const { plan, facts } = storyWith(9, 1)
  const written = new Map<string, string>()
  const place = { directory: '/srv/out', cwd: '/srv', makeFolder: async () => undefined, whoseHtml: async () => ({ is: 'nobody' }) as const, onProblem() {}, write: async (file: string, chunks: Iterable<string>) => void written.set(file, [...chunks].join('')) }
  const reports = reportFiles({ ...place, clock: virtualClock() })
  const { fold, record } = liveRun(plan, (event, { state }) => reports.listen(event, state))
  const told: boolean[] = []
  for (const fact of facts) {
    record(fact)
    await reports.flush()
    const live = new Map(written)
    await writeReports(fold.state, place)
    expect(written).toEqual(live)
    told.push(written.get('/srv/out/results.json')!.includes('"suspects": [{"server":"110"'))
  }
  expect([told.indexOf(true), told.length]).toEqual([facts.length - 1, facts.length])
  await reports.close()
})
