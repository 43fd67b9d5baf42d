import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { runEventSchema } from '../../src/model/event.ts'
import { resultsSchema } from '../../src/model/results.ts'
import type { RunState } from '../../src/model/run-state.ts'
import { replay } from '../../src/model/run-state.ts'
import type { WriteFile } from '../../src/clients/atomic-file.ts'
import type { OnReportProblem, ReportFiles } from '../../src/reporters/report-files.ts'
import { reportFiles, writeReports } from '../../src/reporters/report-files.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { countsOf, parseJunit } from './junit-parse.ts'
import { anyHistory } from './report-history.ts'
import { id, liveRun, passing, planOf, slow, started } from './report-run.ts'

/** No folder of this disk. */
const place = { directory: '/srv/out', cwd: '/srv', makeFolder: async () => undefined, whoseHtml: async () => ({ is: 'nobody' }) as const }

function neverAProblem(file: string, error: unknown): void {
  throw new Error(`${file} is a problem`, { cause: error })
}

/** A disk in memory: what was written last, and in what order. */
function memory(): { files: Map<string, string>; write: WriteFile; written: string[] } {
  const files = new Map<string, string>()
  const written: string[] = []
  return {
    files,
    written,
    async write(file, chunks) {
      written.push(path.basename(file))
      files.set(path.basename(file), [...chunks].join(''))
    },
  }
}

async function fromJournal(lines: readonly string[]): Promise<Map<string, string>> {
  const { files, write } = memory()
  await writeReports(replay(lines.map((line) => runEventSchema.parse(JSON.parse(line)))).state, { ...place, write, onProblem: neverAProblem })
  return files
}

/** What is written now: plots of what a server measured in an earlier turn may lie there still, and no page shows them. */
async function made(files: ReadonlyMap<string, string>, journal: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> {
  return new Map([...(await fromJournal(journal)).keys()].map((name) => [name, files.get(name)]))
}

test('whatever happens in a run, its reports at any moment are those that are made from the journal, byte by byte', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), async ({ plan, facts }, looks) => {
      const clock = virtualClock()
      const { files, write } = memory()
      const reports = reportFiles({ ...place, write, clock, onProblem: neverAProblem })
      const journal: string[] = []
      const { record } = liveRun(plan, (event, { state }) => {
        journal.push(JSON.stringify(event))
        reports.listen(event, state)
      })
      for (const [index, fact] of facts.entries()) {
        record(fact)
        if (!looks[index % looks.length]) continue
        await reports.flush()
        expect(await made(files, journal)).toEqual(await fromJournal(journal))
      }
      await reports.flush()
      expect(await made(files, journal)).toEqual(await fromJournal(journal))
      await reports.close()
    }),
    { numRuns: 100 },
  )
})

test('whatever happens and whatever adapters say, every server is in every report once, in selection order, and counts are right', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async ({ plan, facts }) => {
      const { fold, record } = liveRun(plan, () => undefined)
      for (const fact of facts) record(fact)
      const { files, write } = memory()
      await writeReports(fold.state, { ...place, write, onProblem: neverAProblem })
      const [junit, results, failed] = [parseJunit(files.get('junit.xml') ?? ''), resultsSchema.parse(JSON.parse(files.get('results.json') ?? '')), files.get('failed-servers.txt')]
      const ids = plan.servers.map((server) => server.id)

      expect(junit.cases.map(({ attributes }) => attributes['name'])).toEqual(ids)
      expect(junit.cases.every(({ attributes }) => attributes['classname'] === 'Rackbench.Fleet' && /^\d+(\.\d+)?$/.test(attributes['time'] ?? ''))).toBe(true)
      expect(junit.suite).toMatchObject(countsOf(junit.cases))
      expect(junit.suite['time']).toMatch(/^\d+(\.\d+)?$/)
      const { skipped: _, ...counts } = { ...countsOf(junit.cases), skipped: '' }
      expect(junit.root).toEqual(counts)
      const attached = junit.cases.flatMap(({ output = '' }) => output.match(/\[\[ATTACHMENT\|.*/g) ?? [])
      expect(attached.filter((line) => !/^\[\[ATTACHMENT\|out\/logs\/[\w.-]+\.log\]\]$/.test(line))).toEqual([])

      expect(results.servers.map((server) => server.id)).toEqual(ids)
      for (const status of ['passed', 'failed', 'skipped'] as const) {
        const those = results.servers.filter((server) => server.status === status).map((server) => server.id)
        expect(results[status]).toEqual(those)
        expect(results.summary[status]).toBe(those.length)
      }
      expect(results.summary.total).toBe(ids.length)
      for (const left of ['clean', 'installed', 'unknown'] as const) {
        expect(results.summary.left[left]).toBe(results.servers.filter((server) => server.left === left).length)
      }
      expect(results.summary.markedBroken).toBe(results.servers.filter(({ broken }) => broken.marked).length)
      expect(failed).toBe(results.failed.map((server) => `${server}\n`).join(''))
      expect(junit.cases.filter(({ failure, error }) => failure ?? error).map(({ attributes }) => attributes['name'])).toEqual(results.failed)
    }),
    { numRuns: 200 },
  )
})

test('in whatever order more servers than share a block finish, and are taken up again, reports are those that are made from the journal', async () => {
  const ids = Array.from({ length: 150 }, (_, index) => id(index + 1))
  const anyOrder = fc.shuffledSubarray(ids, { minLength: 100 })
  await fc.assert(
    fc.asyncProperty(anyOrder, fc.shuffledSubarray(ids, { maxLength: 5 }), fc.integer({ min: 50, max: 149 }), async (order, again, lookAt) => {
      const { files, write } = memory()
      const reports = reportFiles({ ...place, write, clock: virtualClock(), onProblem: neverAProblem })
      const journal: string[] = []
      const { record } = liveRun(planOf(ids), (event, { state }) => {
        journal.push(JSON.stringify(event))
        reports.listen(event, state)
      })
      for (const [index, server] of order.entries()) {
        for (const fact of passing(server)) record(fact)
        if (index !== lookAt) continue
        await reports.flush()
        expect(files).toEqual(await fromJournal(journal))
      }
      for (const server of again) for (const fact of [started(server, 2), ...slow(server).slice(1)]) record(fact)
      await reports.flush()
      expect(files).toEqual(await fromJournal(journal))
      await reports.close()
    }),
    { numRuns: 20 },
  )
})

/** A map that counts how many of its values are looked at. */
class Counting<K, V> extends Map<K, V> {
  visits = 0
  override get(key: K): V | undefined {
    this.visits += 1
    return super.get(key)
  }
  override *entries(): MapIterator<[K, V]> {
    for (const entry of super.entries()) {
      this.visits += 1
      yield entry
    }
  }
  override [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }
  override values(): MapIterator<V> {
    this.visits += this.size
    return super.values()
  }
  override forEach(call: (value: V, key: K, map: Map<K, V>) => void): void {
    this.visits += this.size
    super.forEach(call)
  }
}

test.each([20, 2000])('of %i servers, no event makes us look at more than the one it is about', async (count) => {
  const clock = virtualClock()
  const reports = reportFiles({ ...place, write: memory().write, clock, onProblem: neverAProblem })
  const visits: number[] = []
  const ids = Array.from({ length: count }, (_, index) => id(index + 1))
  const { record } = liveRun(planOf(ids), (event, { state }) => {
    const servers = new Counting(state.servers)
    reports.listen(event, { ...state, servers })
    if (event.type !== 'run.started') visits.push(servers.visits)
  })
  await reports.flush()
  for (const server of ids.slice(0, 20)) for (const fact of passing(server)) record(fact)
  expect(Math.max(...visits)).toBe(1)
  await reports.close()
})

interface Live {
  readonly clock: VirtualClock
  readonly reports: ReportFiles
  readonly record: ReturnType<typeof liveRun>['record']
}

function live(servers: readonly number[], write: WriteFile, onProblem: OnReportProblem = neverAProblem): Live {
  const clock = virtualClock()
  const reports = reportFiles({ ...place, write, clock, onProblem })
  return { clock, reports, record: liveRun(planOf(servers), (event: RunEvent, { state }: { state: RunState }) => reports.listen(event, state)).record }
}

test('a run that has just started has all its reports, and what finishes comes into them when it is time', async () => {
  const { files, write, written } = memory()
  const { clock, record, reports } = live([101, 102], write)
  await clock.advance(0)
  expect(written).toEqual(['junit.xml', 'results.json', 'failed-servers.txt'])
  expect(files.get('failed-servers.txt')).toBe('')
  for (const fact of slow(id(101))) record(fact)
  await clock.advance(999)
  expect(written).toHaveLength(3)
  await clock.advance(1)
  expect(written).toHaveLength(6)
  expect(files.get('failed-servers.txt')).toBe('101\n')
  await reports.close()
})

test('a server that is taken up again is out of the reports until it has finished anew', async () => {
  const { files, write } = memory()
  const { record, reports } = live([101], write)
  for (const fact of slow(id(101))) record(fact)
  await reports.flush()
  expect(files.get('failed-servers.txt')).toBe('101\n')
  record(started(id(101), 2))
  await reports.flush()
  expect(files.get('failed-servers.txt')).toBe('')
  expect(parseJunit(files.get('junit.xml') ?? '').cases[0]?.skipped).toEqual({ message: 'not finished' })
  await reports.close()
})

test('a stop is in the reports at once, without waiting for the time of the next rewrite', async () => {
  const { files, write } = memory()
  const { clock, record, reports } = live([101, 102], write)
  await clock.advance(0)
  record({ type: 'run.stopping', because: 'signal', signal: 'SIGTERM' })
  await clock.advance(0)
  expect(files.get('junit.xml')).toContain('not started: the run was stopped by SIGTERM')
  expect(files.get('results.json')).toContain('"because":"signal"')
  await reports.close()
})

test('a resumed run has what earlier processes found out in its reports at once', async () => {
  const { files, write } = memory()
  const clock = virtualClock()
  const { fold, record } = liveRun(planOf(Array.from({ length: 250 }, (_, index) => index + 1)), () => undefined)
  for (let server = 1; server <= 240; server++) for (const fact of passing(id(server))) record(fact)
  const reports = reportFiles({ ...place, write, clock, onProblem: neverAProblem })
  const resumed = { type: 'run.resumed', build: {}, overrides: {}, at: '2026-11-22T10:00:00.000Z' } as const
  fold.apply(resumed)
  reports.listen(resumed, fold.state)
  await clock.advance(0)
  expect(parseJunit(files.get('junit.xml') ?? '').suite).toMatchObject({ tests: '250', skipped: '10' })
  await reports.close()
})

test('a file is of one moment, even if servers finish while it is being written', async () => {
  const files = new Map<string, string>()
  let meanwhile = (): void => undefined
  const { record, reports } = live([101, 102, 103], async (file, chunks) => {
    let text = ''
    for (const chunk of chunks) {
      text += chunk
      meanwhile()
      await Promise.resolve()
    }
    files.set(path.basename(file), text)
  })
  const facts = [...slow(id(101)), ...passing(id(102)), ...slow(id(103))]
  meanwhile = () => {
    const next = facts.shift()
    if (next) record(next)
  }
  await reports.flush()
  const { suite, root, cases } = parseJunit(files.get('junit.xml') ?? '')
  expect({ ...root, ...suite }).toMatchObject(countsOf(cases))
  const results = resultsSchema.parse(JSON.parse(files.get('results.json') ?? ''))
  expect(results.failed).toEqual(results.servers.filter(({ status }) => status === 'failed').map((server) => server.id))
  expect(results.failed).toEqual(cases.flatMap(({ failure, attributes }) => (failure ? [attributes['name']] : [])))
  await reports.close()
})

test('a file that cannot be written is told once and tried again, and the others are written', async () => {
  const { files, write } = memory()
  let isFull = true
  const problems: string[] = []
  const { reports } = live([101], async (file, ...more) => {
    if (isFull && file.endsWith('junit.xml')) throw new Error('ENOSPC')
    await write(file, ...more)
  }, (file, error) => problems.push(`${file}: ${String(error)}`))
  await reports.flush()
  expect([...files.keys()].filter((name) => !name.startsWith('plots/'))).toEqual(['results.json', 'failed-servers.txt', 'summary.md', 'results.csv', 'trace.json', 'style.css', 'index.html', '101.html'])
  await reports.flush()
  isFull = false
  await reports.flush()
  expect([...files.keys()]).toContain('junit.xml')
  expect(problems).toEqual(['junit.xml: Error: ENOSPC'])
  await reports.close()
})

test("where the HTML report would be in somebody else's folder, that is told, and nothing is written or removed there", async () => {
  const { files, write } = memory()
  const problems: string[] = []
  const { fold } = liveRun(planOf([101]), () => undefined)
  const clearHtml = async (): Promise<void> => void problems.push('cleared')
  await writeReports(fold.state, { ...place, whoseHtml: async () => ({ is: 'not ours', because: 'it is mine' }), clearHtml, write, onProblem: (file, error) => problems.push(`${file}: ${String(error)}`) })
  expect([...files.keys()]).toEqual(['junit.xml', 'results.json', 'failed-servers.txt', 'summary.md', 'results.csv', 'trace.json'])
  expect(problems).toEqual(['html: Error: it is mine'])
})

test('an earlier HTML report is removed right before the new one is written, and not where the disk takes nothing', async () => {
  const { fold } = liveRun(planOf([101]), () => undefined)
  const doneWith = async (isFull: boolean): Promise<string[]> => {
    const done: string[] = []
    const write: WriteFile = async (file) => {
      if (isFull && !file.includes('/html/')) throw new Error('ENOSPC')
      done.push(path.relative(place.directory, file))
    }
    await writeReports(fold.state, { ...place, write, clearHtml: async () => void done.push('cleared'), onProblem() {} })
    return done
  }
  expect((await doneWith(false)).slice(3, 8)).toEqual(['summary.md', 'results.csv', 'trace.json', 'cleared', 'html/style.css'])
  expect((await doneWith(true))[0]).toBe('html/style.css')
})

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'rackbench-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const allReports = ['failed-servers.txt', 'html', 'junit.xml', 'results.csv', 'results.json', 'summary.md', 'trace.json']

test('on a real disk the reports are there and nothing else, whole at every look', async () => {
  const clock = virtualClock()
  const reports = reportFiles({ directory, cwd: directory, clock, onProblem: neverAProblem })
  const ids = Array.from({ length: 300 }, (_, index) => id(index + 1))
  const { record } = liveRun(planOf(ids), (event, { state }) => reports.listen(event, state))
  const over = new AbortController()
  let looks = 0
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const xml = await readFile(path.join(directory, 'junit.xml'), 'utf8').catch(() => undefined)
      if (xml === undefined) continue
      looks += 1
      expect(parseJunit(xml).cases).toHaveLength(300)
    }
  }
  const looking = look()
  for (const server of ids) {
    for (const fact of passing(server)) record(fact)
    if (Number(server) % 30 === 0) await reports.flush()
  }
  await reports.close()
  over.abort()
  await looking
  expect(looks).toBeGreaterThan(0)
  expect((await readdir(directory)).sort()).toEqual(allReports)
})

test('a directory in the place of a report is a problem of that report', async () => {
  await mkdir(path.join(directory, 'results.json', 'x'), { recursive: true })
  const problems: string[] = []
  const { fold } = liveRun(planOf([101]), () => undefined)
  await writeReports(fold.state, { directory, cwd: directory, onProblem: (file) => problems.push(file) })
  expect(problems).toEqual(['results.json'])
  expect((await readdir(directory)).sort()).toEqual(allReports)
})
