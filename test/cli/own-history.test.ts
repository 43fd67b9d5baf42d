import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openStore } from '../../src/history/store.ts'
import type { PastServer } from '../../src/model/past-run.ts'
import type { Results } from '../../src/model/results.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Place } from '../fixtures/cli.ts'
import { test } from '../fixtures/cli.ts'
import { holds } from '../fixtures/shell.ts'

type Night = Readonly<Record<string, Partial<PastServer>>>

/** Fills the folder `past` with a run a night, the oldest first. */
async function past(place: Place, nights: readonly Night[], os = 'debian-12'): Promise<void> {
  const store = openStore(join(place.folder, 'past'))
  for (const [night, servers] of nights.entries()) {
    const startedAt = new Date(Date.UTC(2026, 0, night + 1)).toISOString()
    const head = { id: `${os}-${night}`, startedAt, finishedAt: startedAt, status: 'finished' as const, provisioner: 'simulated', os, concurrency: 15, exitCode: 0, build: {} }
    const told = Object.entries(servers).map(([id, server]): PastServer => ({ id: id as ServerId, status: 'passed', labels: {}, metrics: {}, stepsMs: {}, ...server }))
    await store.add({ historyVersion: 1, run: head, metrics: {}, servers: told })
  }
}

/** What is worked out of a history stays in the test's own folder. */
const envIn = ({ folder }: Place) => ({ XDG_CACHE_HOME: join(folder, 'cache') })
const run = (place: Place, args: readonly string[], env: Readonly<Record<string, string>> = {}) => place.run(args, { env: { ...envIn(place), ...env } })

const scored = (score: number, more: Partial<PastServer> = {}): Partial<PastServer> => ({ metrics: { score }, ...more })
const rack = (scores: Readonly<Record<string, number>>, takes = '1ms'): string =>
  JSON.stringify({ defaults: { install: { takes: '1ms' }, benchmark: { takes }, destroy: { takes: '1ms' } }, servers: Object.fromEntries(Object.entries(scores).map(([id, score]) => [id, { benchmark: { score } }])) })
const resultsIn = async (place: Place): Promise<Results> => JSON.parse(await place.read('rackbench-out/results.json')) as Results
const findings = ({ servers }: Results) => Object.fromEntries(servers.map(({ id, status, violations, warnings, error }) => [id, { status, ...(violations.length > 0 && { violations }), ...(warnings && warnings.length > 0 && { warnings }), ...(error && { error }) }]))

const rule = 'thresholds: [{ metric: score, ownHistory: { last: 3, lower: -5% } }]\nhistory: past\n'

describe('a rule about the own history', () => {
  test.concurrent('judges each server by the median of what it measured when it passed', async ({ place }) => {
    await place.write('rackbench.config.yaml', rule)
    await place.write('rack.yaml', rack({ a: 77, b: 75, c: 500, d: 40 }))
    // Neither what was long ago counts, nor runs in which the server failed.
    await past(place, [
      { a: scored(10), b: scored(10), d: scored(99) },
      { a: scored(80), b: scored(80), d: scored(99) },
      { a: scored(82), b: scored(82) },
      { a: scored(20, { status: 'failed' }), b: scored(20, { status: 'skipped' }) },
      { a: scored(81), b: scored(81), c: scored(1000, { status: 'failed' }) },
    ])
    const { code, stdout } = await run(place, ['run', 'a', 'b', 'c', 'd', '--simulation', 'rack.yaml', '--no-mark-broken'])
    const unjudged = (value: number, values: number) => ({ status: 'passed', warnings: [{ metric: 'score', value, unit: '', bound: {}, rule: 0, past: { values, last: 3 } }] })
    expect({ code, found: findings(await resultsIn(place)) }).toMatchObject({
      code: 1,
      found: {
        a: { status: 'passed' },
        b: { status: 'failed', violations: [{ metric: 'score', value: 75, unit: '', bound: { min: 76.95 }, by: 1.95, rule: 0 }], error: { type: 'PerformanceError', message: 'score 75 is below 76.95, by 1.95 (thresholds[0]: own last 3, lower -5%)' } },
        c: unjudged(500, 0),
        d: unjudged(40, 2),
      },
    })
    expect(stdout).toContain('[d] check: warning: score 40 is not judged: the history has 2 values of this server, and the rule needs 3 (thresholds[0]: own last 3, lower -5%)')
  })

  test.concurrent('fails a server without enough of it, unmarked, where it is required', async ({ place }) => {
    await place.write('rackbench.config.yaml', rule.replace('lower: -5%', 'lower: -5%, required: true'))
    await place.write('rack.yaml', rack({ a: 80 }))
    await past(place, [{ a: scored(80) }])
    const { code } = await run(place, ['run', 'a', '--simulation', 'rack.yaml'])
    const { servers: [a] } = await resultsIn(place)
    expect({ code, error: a!.error, broken: a!.broken }).toEqual({
      code: 1,
      error: { type: 'MeasurementError', step: 'check', message: 'score 80 is not judged: the history has 1 value of this server, and the rule needs 3 (thresholds[0]: own last 3, lower -5%)' },
      broken: { due: false, marked: false, reason: null },
    })
  })

  test.concurrent('fills its own history where it is required: a failure for want of a past is a past, and one for a bad value is none', async ({ place }) => {
    await place.write('rackbench.config.yaml', rule.replace('last: 3, lower: -5%', 'last: 2, lower: -5%, required: true'))
    const night = async (score: number) => {
      await place.write('rack.yaml', rack({ a: score }))
      return (await run(place, ['run', 'a', '--simulation', 'rack.yaml', '--no-mark-broken', '--progress', 'none'])).code
    }
    const codes = [await night(80), await night(82), await night(81), await night(60)]
    const explained = await run(place, ['thresholds', 'explain', 'a', '--simulation', 'rack.yaml'])
    expect([codes, explained.stdout]).toEqual([[1, 1, 0, 1], "a: no labels\n  score: thresholds[0] holds: at least 77.425, about the median 81.5; about every server, by the server's own last 2\n"])
  })

  test.concurrent('goes by no run that installed something else', async ({ place }) => {
    await place.write('rackbench.config.yaml', rule)
    await place.write('rack.yaml', rack({ a: 40 }))
    await past(place, [{ a: scored(80) }, { a: scored(80) }, { a: scored(80) }])
    const before = await run(place, ['thresholds', 'explain', 'a', '--simulation', 'rack.yaml'])
    const { code } = await run(place, ['run', 'a', '--simulation', 'rack.yaml', '--os', 'debian-13'])
    expect({ code, before: before.stdout }).toEqual({ code: 0, before: "a: no labels\n  score: thresholds[0] holds: at least 76, about the median 80; about every server, by the server's own last 3\n" })
    expect(await place.read('rackbench-out/run.log')).toContain("no past run with debian-13 has measured what rules about a server's own history ask for: they judge nobody yet")
  })

  test.concurrent('finds a metric that was not measured in the newest runs', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'thresholds: [{ metric: weekly, ownHistory: { last: 2, lower: -5% } }]\nhistory: past\n')
    await past(place, [{ a: { metrics: { weekly: 10 } } }, { a: { metrics: { weekly: 20 } } }, { a: scored(80) }, { a: scored(80) }, { a: scored(80) }])
    const { stdout, stderr } = await run(place, ['thresholds', 'explain', 'a', '--label', 'model=x'])
    expect(stderr + stdout).toBe("a: model=x\n  weekly: thresholds[0] holds: at least 14.25, about the median 15; about every server, by the server's own last 2\n")
  })

  test.concurrent('is refused where nobody says which history, with all other problems', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'thresholds: [{ metric: score, ownHistory: { last: 3, lower: -5% } }]')
    const needs = 'goes by past runs: say in which folder they are, with --history PATH or the key history'
    const { code, stderr } = await run(place, ['run', 'a', '--order', 'longest-first'])
    expect({ code, lines: stderr.split('\n') }).toEqual({ code: 2, lines: [`rackbench: rackbench.config.yaml: thresholds[0].ownHistory: ${needs}`, `rackbench: --order: longest-first ${needs}`, ''] })
    expect((await run(place, ['servers', '--format', 'ids'])).code).toBe(0)
    expect((await run(place, ['run', 'a', '--threshold', '5', '--dry-run'])).code).toBe(0)
  })

  test.concurrent('judges a resumed run by the same numbers, though the history is gone', async ({ place }) => {
    await place.write('rackbench.config.yaml', rule)
    await place.write('rack.yaml', rack({ a: 70, b: 80 }, '500ms'))
    await past(place, [{ a: scored(80) }, { a: scored(80) }, { a: scored(80) }])
    const killed = place.start(['run', 'a', 'b', '--simulation', 'rack.yaml', '--no-mark-broken'], { env: envIn(place) })
    await holds(join(place.folder, 'rackbench-out/journal.jsonl'), '"step":"benchmark"')
    killed.signal('SIGKILL')
    await killed.ended
    await rm(join(place.folder, 'past'), { recursive: true })
    const { code } = await run(place, ['resume', 'rackbench-out'])
    expect({ code, found: findings(await resultsIn(place)) }).toMatchObject({ code: 1, found: { a: { status: 'failed', violations: [{ bound: { min: 76 } }] }, b: { status: 'passed', warnings: [{ past: { values: 0, last: 3 } }] } } })
  })

  test.concurrent('is told and tried with what was known before a run', async ({ place }) => {
    await place.write('rules.yaml', rule)
    await place.write('rack.yaml', rack({ a: 70 }))
    await past(place, [{ a: scored(80) }, { a: scored(80) }, { a: scored(80) }])
    await run(place, ['run', 'a', '--simulation', 'rack.yaml', '--history', 'past'])
    const [explained, tried, without] = await Promise.all([
      run(place, ['thresholds', 'explain', '--on', 'rackbench-out', '--config', 'rules.yaml']),
      run(place, ['thresholds', 'try', 'rules.yaml', '--on', 'rackbench-out', '--history', 'past', '--format', 'json']),
      run(place, ['thresholds', 'try', 'rules.yaml', '--on', 'rackbench-out']),
    ])
    expect(explained.stdout).toContain('at least 76, about the median 80')
    expect(explained.stdout).toContain('    70 fails, by 6')
    expect(JSON.parse(tried.stdout)).toMatchObject({ totals: { wouldFail: 1 }, runs: [{ trials: [{ server: 'a', violations: [{ bound: { min: 76 }, by: 6 }] }] }] })
    expect({ code: without.code, stderr: without.stderr }).toEqual({ code: 2, stderr: expect.stringContaining('which history?') as string })
  })
})

describe('the order in which servers are started', () => {
  const times = (benchmark: number): Partial<PastServer> => ({ stepsMs: { install: 1, benchmark, destroy: 1 } })
  const startsIn = async (place: Place): Promise<string[]> =>
    (await place.read('rackbench-out/journal.jsonl')).split('\n').flatMap((line) => (line.includes('"server.started"') ? [(JSON.parse(line) as { server: string }).server] : []))

  test.concurrent('is by what they took in past runs, and reports keep the order of the selection', async ({ place }) => {
    await place.write('rack.yaml', rack({ a: 80, b: 80, c: 80, d: 80 }))
    await past(place, [{ a: times(100), b: times(300), c: times(200) }, { a: times(100), b: times(9000), c: times(200) }, { a: times(110), b: times(300), c: times(200) }])
    const args = ['run', 'a', 'b', 'c', 'd', '--simulation', 'rack.yaml', '--history', 'past', '-c', '1']
    await run(place, [...args, '--order', 'longest-first'])
    // Nobody knows how long d takes: as long as most.
    expect(await startsIn(place)).toEqual(['b', 'c', 'd', 'a'])
    expect((await resultsIn(place)).servers.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(JSON.parse((await place.read('rackbench-out/journal.jsonl')).split('\n')[0]!)).toMatchObject({ plan: { expectedMs: [102, 302, 202, 202] } })
    await run(place, args, { RACKBENCH_ORDER: 'given' })
    expect(await startsIn(place)).toEqual(['a', 'b', 'c', 'd'])
  })

  test.concurrent('is by what they take, also where they failed for what they measured; by the same system, if that was ever installed', async ({ place }) => {
    await place.write('rack.yaml', rack({ a: 80, b: 80, c: 80 }))
    const slow = { status: 'failed', error: { step: 'check', type: 'PerformanceError', message: 'slow' } } as const
    await past(place, [{ a: times(900), c: times(500) }], 'debian-13')
    await past(place, [{ a: times(100), b: { ...times(300), ...slow } }])
    await run(place, ['run', 'a', 'b', 'c', '--simulation', 'rack.yaml', '--history', 'past', '-c', '1', '--order', 'longest-first'])
    expect(JSON.parse((await place.read('rackbench-out/journal.jsonl')).split('\n')[0]!)).toMatchObject({ plan: { expectedMs: [102, 302, 502] } })
  })

  test.concurrent('is the given one where no past run knows them, and that is told', async ({ place }) => {
    const { code, stdout } = await run(place, ['run', 'b', 'a', '--history', 'past', '--order', 'longest-first', '--dry-run'])
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: `${join(place.folder, 'past')}: no past run tells how long any of these servers takes: they are started as they stand` })
  })
})
