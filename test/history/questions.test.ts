import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test as plain } from 'vitest'
import type { Questions } from '../../src/history/questions.ts'
import { askHistory } from '../../src/history/questions.ts'
import { readPast } from '../../src/history/past.ts'
import type { HistoryStore } from '../../src/history/store.ts'
import { openStore } from '../../src/history/store.ts'
import type { ServerId } from '../../src/model/server.ts'
import { pastRun } from '../fixtures/past-runs.ts'

interface Place {
  readonly store: HistoryStore
  readonly problems: string[]
  readonly debug: string[]
  /** Where the cache's files are, once there is one. */
  readonly cache: () => Promise<string>
  readonly ask: <T>(question: (questions: Questions) => T) => Promise<T>
  readonly folder: string
}

const test = plain.extend<{ place: Place }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs from the pattern
  place: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'rackbench-history-'))
    const [problems, debug]: string[][] = [[], []]
    const store = openStore(join(folder, 'past'), { onProblem: (problem) => problems!.push(problem) })
    const options = { folder: join(folder, 'cache'), clock: Date, onDebug: (line: string) => debug!.push(line), onSlow: () => expect.unreachable() }
    await use({
      store,
      folder,
      problems: problems!,
      debug: debug!,
      cache: async () => join(options.folder, (await readdir(options.folder))[0]!),
      ask: (question) => askHistory(store, options, question),
    })
    await rm(folder, { recursive: true })
  },
})

const everything = { since: 0, last: 1000 }
const daysOf = (questions: Questions): number[] => questions.runs(everything).map(({ run }) => Number(run.build.number))
const id = (text: string): ServerId => text as ServerId

describe('answers are what the files say:', () => {
  test('the last runs, with what became of their servers', async ({ place: { store, ask } }) => {
    await store.add(pastRun({ day: 1, servers: [{ id: '101' }, { id: '102', status: 'failed' }] }))
    await store.add(pastRun({ day: 0 }))
    const runs = await ask((questions) => questions.runs(everything).map((run) => ({ day: run.run.build.number, counts: [run.passed, run.failed, run.skipped], servers: questions.inRun(run) })))
    expect(runs).toEqual([
      { day: '0', counts: [1, 0, 0], servers: pastRun({ day: 0 }).servers },
      { day: '1', counts: [1, 1, 0], servers: pastRun({ day: 1, servers: [{ id: '101' }, { id: '102', status: 'failed' }] }).servers },
    ])
    expect(await ask((questions) => [questions.runs({ since: 0, last: 1 }).length, questions.count(), questions.count('102'), questions.count('103')])).toEqual([1, 2, 1, 0])
  })

  test('the history of a server, which was not in every run', async ({ place: { store, ask } }) => {
    for (const day of [0, 1, 2]) await store.add(pastRun({ day, servers: [{ id: day === 1 ? '102' : '101' }] }))
    expect(await ask((questions) => questions.ofServer('101', everything).map(([run, server]) => [run.run.id, server.metrics]))).toEqual([['run-0', { score: 80 }], ['run-2', { score: 82 }]])
    expect(await ask((questions) => questions.ofServer("101' OR 1=1 --", everything))).toEqual([])
  })

  test('values count where no value was bad; times count where the benchmark ran to its end, and of steps that did not fail', async ({ place: { store, ask } }) => {
    const failed = (step: 'install' | 'benchmark' | 'check' | 'destroy', type: 'PerformanceError' | 'MeasurementError' | 'ServerOperationError') => ({ status: 'failed' as const, error: { step, type, message: 'why' } })
    const stepsMs = (benchmark: number) => ({ install: 10, benchmark, check: 0, destroy: 20 })
    const nights = [
      { stepsMs: stepsMs(1) },
      { ...failed('check', 'PerformanceError'), stepsMs: stepsMs(2), failedSteps: ['check' as const, 'destroy' as const] },
      { ...failed('check', 'MeasurementError'), stepsMs: stepsMs(3) },
      { ...failed('benchmark', 'MeasurementError'), stepsMs: stepsMs(4) },
      { ...failed('destroy', 'ServerOperationError'), stepsMs: stepsMs(5) },
      { ...failed('install', 'ServerOperationError'), stepsMs: { install: 99 } },
    ]
    for (const [day, night] of nights.entries()) await store.add(pastRun({ day, servers: [{ id: '101', ...night }] }))
    const asked = { servers: [id('101')], last: 9 }
    expect(await ask((questions) => [questions.lastValues(asked).get(id('101')), questions.lastSteps(asked).get(id('101'))])).toEqual([
      new Map([['score', [80, 82]]]),
      new Map([['install', [10, 10, 10, 10]], ['benchmark', [1, 2, 3, 5]], ['check', [0, 0, 0, 0]], ['destroy', [20, 20]]]),
    ])
  })

  test('the last values and step times of each server, of runs in which it passed and that started before', async ({ place: { store, ask } }) => {
    for (const day of [0, 1, 2, 3, 4]) {
      await store.add(pastRun({ day, servers: [{ id: '101', ...(day === 2 && { status: 'failed' as const }), metrics: day === 0 ? { score: 80, rare: 1 } : { score: 80 + day } }, { id: '102', metrics: {} }] }))
    }
    const asked = { servers: [id('101'), id('102'), id('103')], last: 2, before: pastRun({ day: 4 }).run.startedAt }
    expect(await ask((questions) => [questions.lastValues(asked), questions.lastSteps(asked)])).toEqual([
      new Map([['101', new Map([['score', [81, 83]]])]]),
      new Map([['101', new Map([['install', [1001, 1003]]])], ['102', new Map([['install', [1002, 1003]]])]]),
    ])
  })

  test('runs that were added, replaced by a later state, or removed since', async ({ place: { store, ask } }) => {
    await store.add(pastRun({ day: 0 }))
    await store.add(pastRun({ day: 1, took: 1, servers: [] }))
    expect(await ask(daysOf)).toEqual([0, 1])
    await store.add(pastRun({ day: 2 }))
    await store.add(pastRun({ day: 1, took: 2 }))
    await rm(join(store.path, (await store.list())[0]!.name))
    expect(await ask((questions) => [daysOf(questions), questions.count('101')])).toEqual([[1, 2], 2])
  })
})

describe('a cache', () => {
  test('is readable by its owner alone, and nothing else is left behind', async ({ place: { store, ask, cache, debug } }) => {
    await store.add(pastRun({ day: 0 }))
    await ask(daysOf)
    await ask(daysOf)
    const folder = await cache()
    const modes = await Promise.all([folder, join(folder, '1.db')].map(async (file) => (await stat(file)).mode & 0o777))
    expect([await readdir(folder), modes, debug]).toEqual([['1.db'], [0o700, 0o600], []])
  })

  test('is read and not written while nothing has changed, also where a damaged file is told each time', async ({ place: { store, ask, cache, problems } }) => {
    for (const day of [0, 1]) await store.add(pastRun({ day }))
    await truncate(join(store.path, (await store.list())[0]!.name), 5)
    await ask(daysOf)
    const file = join(await cache(), '1.db')
    const before = await stat(file)
    expect([await ask(daysOf), (await stat(file)).ino, problems.length]).toEqual([[1], before.ino, 1])
  })

  const spoil: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
    'cut short': (file) => truncate(file, 5000),
    empty: (file) => truncate(file, 0),
    'no database': (file) => writeFile(file, 'x'.repeat(20_000)),
    'overwritten in its middle': async (file) => {
      const bytes = await readFile(file)
      await writeFile(file, bytes.fill(0xa5, 4096))
    },
    'a folder': async (file) => {
      await rm(file)
      await mkdir(file)
    },
  }
  test.for(Object.keys(spoil))('that is %s is made anew', async (what, { place: { store, ask, cache, debug } }) => {
    for (const day of [0, 1]) await store.add(pastRun({ day }))
    await ask(daysOf)
    await spoil[what]!(join(await cache(), '1.db'))
    expect([await ask(daysOf), debug.length > 0]).toEqual([[0, 1], true])
    expect(await ask((questions) => questions.count('101'))).toBe(2)
  })

  test('that cannot be written is done without', async ({ place: { store, ask, folder, debug } }) => {
    await store.add(pastRun({ day: 0 }))
    await writeFile(join(folder, 'cache'), 'a file')
    expect([await ask(daysOf), debug]).toEqual([[0], [expect.stringContaining('there is no place for a cache')]])
  })

  test('is not held up by what a killed process has locked, and removes it an hour later', async ({ place: { store, ask, cache } }) => {
    await store.add(pastRun({ day: 0 }))
    await ask(daysOf)
    const folder = await cache()
    const left = ['1.db.lock', '.000000000000.db', '.000000000000.db.lock'].map((name) => join(folder, name))
    for (const name of left) await mkdir(name)
    expect(await ask(daysOf)).toEqual([0])
    await store.add(pastRun({ day: 1 }))
    expect(await ask(daysOf)).toEqual([0, 1])
    const long = new Date(Date.now() - 2 * 3_600_000)
    await utimes(left[1]!, long, long)
    await chmod(folder, 0o700)
    const later = { folder: join(folder, '..'), clock: { now: () => Date.now() + 7_200_000 }, onDebug: () => expect.unreachable(), onSlow: () => expect.unreachable() }
    expect(await askHistory(store, later, daysOf)).toEqual([0, 1])
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('serves many that ask while others add', async ({ place: { store, ask, debug, cache } }) => {
    await store.add(pastRun({ day: 0 }))
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        if (index % 2 === 0) await store.add(pastRun({ day: 1 + index }))
        return ask(daysOf)
      }),
    )
    expect(answers.every(([first]) => first === 0)).toBe(true)
    expect(await ask(daysOf)).toEqual([0, ...Array.from({ length: 10 }, (_, index) => 1 + 2 * index)])
    expect([await readdir(await cache()), debug]).toEqual([['1.db'], []])
  })
})

describe('the past that reports show', () => {
  test('is the last runs before one, the oldest first, of some servers if asked', async ({ place: { store } }) => {
    for (const day of [0, 1, 2, 3]) await store.add(pastRun({ day, servers: [{ id: '101' }, ...(day === 1 ? [{ id: '102' }] : [])] }))
    const daysIn = async (asked: Parameters<typeof readPast>[1]): Promise<string[]> => (await readPast(store, asked)).map(({ run }) => run.id)
    expect(await daysIn({ last: 2 })).toEqual(['run-2', 'run-3'])
    expect(await daysIn({ last: 2, before: pastRun({ day: 3 }).run.startedAt })).toEqual(['run-1', 'run-2'])
    expect(await readPast(store, { last: 9, servers: new Set(['102']) })).toEqual([pastRun({ day: 1, servers: [{ id: '102' }] })])
  })
})
