import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { Results } from '../../src/model/results.ts'
import { resultsSchema } from '../../src/model/results.ts'
import type { Place, Started } from '../fixtures/cli.ts'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { countsOf, parseJunit } from '../reporters/junit-parse.ts'

const out = 'rackbench-out'

/**
 * A module whose machines are files, so that it can be told from outside what they are: `installed` until they are wiped,
 * which takes until there is a file `release`. 101 has its verdict at once, the others are measured for ever.
 */
const held = `
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('machines', { recursive: true })
const state = (id, is) => writeFileSync('machines/' + id, is)
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
export default {
  async check() { if (existsSync('check-hangs')) await new Promise(() => setInterval(() => {}, 1000)) },
  async install({ id }) { state(id, 'installed') },
  async benchmark({ id }, { signal }) {
    if (id === '101') return 80
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
  async destroy({ id }) {
    if (id !== '101') while (!existsSync('release')) await sleep(5)
    state(id, 'clean')
  },
  async markAsBroken({ id }) { state(id, 'marked') },
}`

/** A run of 101 to 106, three at a time, that has a server passed and three under measurement. */
async function underWay(place: Place, servers = '101-106'): Promise<Started> {
  await place.write('held.mjs', held)
  const run = place.start(['run', servers, '-p', './held.mjs', '-c', '3'])
  await untilEvents(place, run, (events) => events.filter((event) => event.type === 'step.started' && event.step === 'benchmark').length === 4)
  return run
}

async function untilEvents(place: Place, run: Started, isThere: (events: readonly RunEvent[]) => boolean): Promise<void> {
  await until(async () => isThere(await eventsOf(join(place.folder, out))), run)
}

function isWiping({ type, ...event }: RunEvent): boolean {
  return type === 'step.started' && 'step' in event && event.step === 'destroy' && event.server !== '101'
}

async function resultsOf(place: Place): Promise<Results> {
  return resultsSchema.parse(JSON.parse(await place.read(`${out}/results.json`)))
}

async function machines(place: Place): Promise<Record<string, string>> {
  const files = Object.entries(await place.files())
  return Object.fromEntries(files.filter(([name]) => /^machines\/./.test(name)).map(([name, state]) => [name.slice('machines/'.length), state]))
}

describe('a signal', () => {
  test.concurrent.for<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('%s stops the run: who had begun and has no verdict is wiped, nobody is marked, and it ends with %i', async ([signal, code], { place }) => {
    const run = await underWay(place)
    await place.write('release', '')
    run.signal(signal)
    const { stdout, ...ended } = await run.ended
    expect(ended).toEqual({ code, signal: null, stderr: '' })
    expect(stdout.split('\n').at(-2)).toBe(`exit code ${code}`)
    expect(await machines(place)).toEqual({ 101: 'clean', 102: 'clean', 103: 'clean', 104: 'clean' })
    const because = `the run was stopped by ${signal}`
    const { run: about, servers } = await resultsOf(place)
    expect(about).toMatchObject({ status: 'stopped', because: 'signal', exitCode: code, problems: [because, '2 servers were not finished'] })
    expect(servers.map(({ id, status, because: why, left }) => [id, status, why, left])).toEqual([
      ['101', 'passed', undefined, 'clean'],
      ...['102', '103', '104'].map((id) => [id, 'skipped', `benchmark: ${because}`, 'clean']),
      ...['105', '106'].map((id) => [id, 'skipped', `not started: ${because}`, 'clean']),
    ])
    const { suite, cases } = parseJunit(await place.read(`${out}/junit.xml`))
    expect(suite).toMatchObject({ ...countsOf(cases), tests: '6', skipped: '5' })
    expect((await eventsOf(join(place.folder, out))).at(-1)).toMatchObject({ type: 'run.finished', status: 'stopped', exitCode: code })
  })

  test.concurrent.for<[string, string]>([
    ['six servers', '101-106'],
    ['2,000 servers', '101-2100'],
  ])('is named by the reports within 3 s while a wipe goes on, and further SIGTERMs change nothing: %s', async ([, servers], { place }) => {
    const run = await underWay(place, servers)
    const sent = performance.now()
    run.signal('SIGTERM')
    const isNamed = async (name: string): Promise<boolean> => (await place.read(`${out}/${name}`).catch(() => '')).includes('stopped by SIGTERM')
    await until(async () => (await isNamed('junit.xml')) && (await isNamed('results.json')), run)
    expect(performance.now() - sent).toBeLessThan(3000)
    expect(run.end()).toBeUndefined()
    await untilEvents(place, run, (events) => events.filter(isWiping).length === 3)
    const { cases } = parseJunit(await place.read(`${out}/junit.xml`))
    expect(cases.at(-1)?.skipped?.['message']).toBe('not started: the run was stopped by SIGTERM')

    for (const [index, again] of (['SIGTERM', 'SIGHUP', 'SIGTERM'] as const).entries()) {
      run.signal(again)
      await until(() => run.stdout().split('again: the run is being stopped already, wiping goes on').length === index + 2, run)
    }
    expect(await machines(place)).toEqual({ 101: 'clean', 102: 'installed', 103: 'installed', 104: 'installed' })
    await place.write('release', '')
    expect(await run.ended).toMatchObject({ code: 143, signal: null, stderr: '' })
    expect(await machines(place)).toEqual({ 101: 'clean', 102: 'clean', 103: 'clean', 104: 'clean' })
  })

  test.concurrent('a second SIGINT leaves at once and says who is held, and destroy wipes them', async ({ place }) => {
    const run = await underWay(place)
    run.signal('SIGINT')
    await untilEvents(place, run, (events) => events.filter(isWiping).length === 3)
    run.signal('SIGINT')
    expect(await run.ended).toMatchObject({
      code: 130,
      signal: null,
      stderr: [
        '',
        'left at once: nothing more is wiped or marked',
        'these servers are still held (3): 102 103 104',
        `wipe them: rackbench destroy ${out}   or go on: rackbench resume ${out}`,
        '',
      ].join('\n'),
    })
    expect(await machines(place)).toEqual({ 101: 'clean', 102: 'installed', 103: 'installed', 104: 'installed' })
    expect(Object.keys(await place.files())).not.toContain(`${out}/rackbench.lock`)

    const wiping = place.start(['destroy', out, '--progress', 'none'])
    await untilEvents(place, wiping, (events) => events.filter(isWiping).length === 6)
    // A Jenkins that is tired of waiting: what is being wiped is wiped.
    wiping.signal('SIGTERM')
    await place.write('release', '')
    const { code, stdout, stderr } = await wiping.ended
    expect({ code, stderr, told: stdout.split('\n').filter((line) => line.startsWith('wiped')) }).toEqual({ code: 0, stderr: '', told: ['wiped: 3 (102 103 104)'] })
    expect(await machines(place)).toEqual({ 101: 'clean', 102: 'clean', 103: 'clean', 104: 'clean' })
    expect((await resultsOf(place)).summary).toMatchObject({ passed: 1, failed: 0, skipped: 5, left: { clean: 6 } })
  })

  test.concurrent('before the first server, while the check of the provisioner hangs, leaves every server alone', async ({ place }) => {
    await place.write('held.mjs', held)
    await place.write('check-hangs', '')
    const run = place.start(['run', '101-103', '-p', './held.mjs', '--grace', '50ms'])
    await untilEvents(place, run, (events) => events.length === 1)
    run.signal('SIGTERM')
    expect(await run.ended).toMatchObject({ code: 143, signal: null, stderr: '' })
    expect((await eventsOf(join(place.folder, out))).map(({ type }) => type)).toEqual(['run.started', 'run.stopping', 'run.finished'])
    const { servers } = await resultsOf(place)
    expect(servers.map(({ id, because }) => [id, because])).toEqual(['101', '102', '103'].map((id) => [id, 'not started: the run was stopped by SIGTERM']))
  })

  test.concurrent('is heard while the run waits for a provisioner that is away', async ({ place }) => {
    await place.write('rack.yaml', 'defaults: { install: { unavailable: 99 } }')
    const run = place.start(['run', '101-103', '--simulation', 'rack.yaml'])
    await untilEvents(place, run, (events) => events.some(({ type }) => type === 'step.retried'))
    run.signal('SIGTERM')
    expect(await run.ended).toMatchObject({ code: 143, signal: null, stderr: '' })
    expect((await resultsOf(place)).summary).toMatchObject({ failed: 0, skipped: 3, left: { clean: 3 } })
  })

  test.concurrent('stands over what --destroy never leaves', async ({ place }) => {
    await place.write('held.mjs', held)
    const run = place.start(['run', '102-103', '-p', './held.mjs', '--destroy', 'never'])
    await untilEvents(place, run, (events) => events.filter((event) => event.type === 'step.started' && event.step === 'benchmark').length === 2)
    run.signal('SIGTERM')
    expect(await run.ended).toMatchObject({ code: 143, signal: null, stderr: '' })
    expect(await machines(place)).toEqual({ 102: 'installed', 103: 'installed' })
  })

  test.concurrent('leaves a run that resume ends as if nothing had been', async ({ place }) => {
    const run = await underWay(place)
    await place.write('release', '')
    run.signal('SIGTERM')
    await run.ended
    await place.write('held.mjs', held.replace("id === '101'", 'true'))
    expect(await place.run(['resume', out])).toMatchObject({ code: 0, stderr: '' })
    expect((await resultsOf(place)).passed).toEqual(['101', '102', '103', '104', '105', '106'])
  })
})

test.concurrent('a deadline stops the run in time to wipe', async ({ place }) => {
  await place.write('held.mjs', held)
  await place.write('release', '')
  const ended = await place.run(['run', '101-104', '-p', './held.mjs', '--deadline', '2s', '--wipe-reserve', '1s'])
  expect(ended).toMatchObject({ code: 3, signal: null, stderr: '' })
  expect(await machines(place)).toEqual({ 101: 'clean', 102: 'clean', 103: 'clean', 104: 'clean' })
  expect((await resultsOf(place)).run).toMatchObject({ status: 'stopped', because: 'deadline', problems: ['the run was stopped by its deadline'] })
})

test.concurrent('a signal after the deadline, while a wipe goes on, is what the run ended by', async ({ place }) => {
  await place.write('held.mjs', held)
  const run = place.start(['run', '101-104', '-p', './held.mjs', '--deadline', '2s', '--wipe-reserve', '1s'])
  await untilEvents(place, run, (events) => events.some(({ type }) => type === 'run.stopping') && events.filter(isWiping).length === 3)
  run.signal('SIGTERM')
  await untilEvents(place, run, (events) => events.filter(({ type }) => type === 'run.stopping').length === 2)
  await place.write('release', '')
  expect(await run.ended).toMatchObject({ code: 143, signal: null, stderr: '' })
  expect(await machines(place)).toEqual({ 101: 'clean', 102: 'clean', 103: 'clean', 104: 'clean' })
  const stops = (await eventsOf(join(place.folder, out))).filter((event) => event.type === 'run.stopping')
  expect(stops.map(({ because, signal }) => [because, signal])).toEqual([['deadline', undefined], ['signal', 'SIGTERM']])
  expect((await resultsOf(place)).run).toMatchObject({ status: 'stopped', because: 'signal', exitCode: 143 })
})
