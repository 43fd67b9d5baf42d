import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Results } from '../../src/model/results.ts'
import { resultsSchema } from '../../src/model/results.ts'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, test, untilLines } from '../fixtures/cli.ts'
import type { RackMachine } from '../fixtures/rack-machine.ts'
import { rackMachine } from '../fixtures/rack-machine.ts'
import { checkout } from '../fixtures/shell.ts'
import { countsOf, parseJunit } from '../reporters/junit-parse.ts'

/** How many moments each kind of end is tried at; fewer take less time. */
const moments = Number(process.env['RACKBENCH_TEST_MOMENTS'] ?? 25)
const out = 'rackbench-out'
const ids = Array.from({ length: 200 }, (_, index) => String(101 + index))

/** The servers that fail by their own fault, and where. They are spread, lest they look like one cause. */
const fallen: Readonly<Record<string, 'install' | 'check' | 'destroy'>> = {
  103: 'install', 129: 'check', 150: 'destroy', 151: 'check', 188: 'install', 213: 'check', 240: 'destroy', 271: 'check', 299: 'install',
}
const falls = Object.keys(fallen).length

/** What is left of a machine, and what was done to it, when nothing has disturbed the run. */
function undisturbed(id: string): { status: string; step: string | undefined; state: RackMachine['state']; marks: number; operations: string[] } {
  const step = fallen[id]
  const mark = 'markAsBroken mark/1 passed'
  const fates = {
    none: { state: 'clean', operations: ['install install/1 passed', 'benchmark benchmark/1 passed', 'destroy destroy/1 passed'] },
    install: { state: 'installing', operations: ['install install/1 failed', mark] },
    check: { state: 'installed', operations: ['install install/1 passed', 'benchmark benchmark/1 passed', mark] },
    destroy: { state: 'wiping', operations: ['install install/1 passed', 'benchmark benchmark/1 passed', 'destroy destroy/1 failed', mark] },
  } as const
  const { state, operations } = fates[step ?? 'none']
  return { status: step ? 'failed' : 'passed', step, state, marks: step ? 1 : 0, operations: [...operations] }
}

/** Writes what the run needs. The budget is used up to the last mark: one that is paid twice would be one too many. */
async function prepare(place: Place): Promise<void> {
  const fails = Object.fromEntries(Object.entries(fallen).flatMap(([id, step]) => (step === 'check' ? [] : [[id, { [step]: 'out of order' }]])))
  const scores = Object.fromEntries(Object.entries(fallen).flatMap(([id, step]) => (step === 'check' ? [[id, 31]] : [])))
  const provisioner = { type: join(checkout, 'examples/module/rack.mjs'), directory: join(place.folder, 'machines'), takes: { install: 20, benchmark: 30, destroy: 10, markAsBroken: 5 }, fails, scores }
  await place.write('rackbench.config.json', JSON.stringify({ provisioner, concurrency: 50, maxBroken: falls }))
}
const command = ['run', '101-300', '--progress', 'none']
/** About as many events as an undisturbed run has: ten a server. */
const allEvents = ids.length * 10

/** The same moments each time: numbers from 0 to 1. */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Starts a process, and ends it by a signal as soon as its journal has so many lines; answers with its exit code, which there is none of if it was killed. */
async function endedAt(place: Place, args: readonly string[], signal: NodeJS.Signals, lines: number): Promise<number | null> {
  const process = place.start(args)
  await untilLines(join(place.folder, out), lines, process)
  process.signal(signal)
  return (await process.ended).code
}

async function resultsOf(place: Place): Promise<Results> {
  return resultsSchema.parse(JSON.parse(await place.read(`${out}/results.json`)))
}

async function machinesOf(place: Place): Promise<ReadonlyMap<string, RackMachine>> {
  return new Map(await Promise.all(ids.map(async (id) => [id, await rackMachine(join(place.folder, 'machines'), id)] as const)))
}

/** Each operation of a machine without its run and server: `install install/1 passed`. */
function operationsOf({ operations }: RackMachine): string[] {
  return operations.map(({ step, key, outcome }) => `${step} ${key.split('/').slice(2).join('/')} ${outcome}`)
}

/** What must hold at the end, whatever happened on the way. */
async function expectUndisturbed(place: Place): Promise<ReadonlyMap<string, RackMachine>> {
  const { servers, failed, run } = await resultsOf(place)
  expect(servers.map(({ id, status, error, broken }) => ({ id, status, step: error?.step, marked: broken.marked }))).toEqual(
    ids.map((id) => ({ id, status: undisturbed(id).status, step: undisturbed(id).step, marked: undisturbed(id).marks === 1 })),
  )
  expect({ status: run.status, exitCode: run.exitCode, problems: run.problems }).toEqual({ status: 'finished', exitCode: 1, problems: [] })
  expect((await place.read(`${out}/failed-servers.txt`)).trim().split('\n')).toEqual(failed)
  await expectWholeJunit(place)
  const machines = await machinesOf(place)
  const left = [...machines].map(([id, { state, marks }]) => ({ id, state, marks: marks.length }))
  expect(left).toEqual(ids.map((id) => ({ id, state: undisturbed(id).state, marks: undisturbed(id).marks })))
  const repeated = [...machines].flatMap(([id, { operations }]) => (new Set(operations.map(({ key }) => key)).size < operations.length ? [id] : []))
  expect(repeated).toEqual([])
  return machines
}

async function expectWholeJunit(place: Place): Promise<void> {
  const { suite, cases } = parseJunit(await place.read(`${out}/junit.xml`))
  expect(cases.map(({ attributes }) => attributes['name'])).toEqual(ids)
  expect(suite).toMatchObject(countsOf(cases))
}

test('what nothing disturbs ends as it should', async ({ place }) => {
  await prepare(place)
  expect(await place.run(command)).toMatchObject({ code: 1, stderr: '' })
  const machines = await expectUndisturbed(place)
  expect([...machines].map(([id, machine]) => [id, operationsOf(machine)])).toEqual(ids.map((id) => [id, undisturbed(id).operations]))
  expect((await eventsOf(join(place.folder, out))).length).toBeGreaterThan(allEvents)
})

describe('a run that is killed, and resumed, ends as if nothing had been', () => {
  const number = numbersFrom(20261121)
  const kills = Array.from({ length: moments }, (_, index) => {
    const first = 1 + Math.floor(number() * allEvents * 0.9)
    // Every third is killed once more, which may find it wiping or marking what the first one left.
    const again = index % 3 === 0 ? [first + 1 + Math.floor(number() * (allEvents - first) * 0.8)] : []
    return { lines: [first, ...again] }
  })
  test.concurrent.for(kills)('after event $lines', { timeout: 60_000 }, async ({ lines }, { place }) => {
    await prepare(place)
    for (const [index, count] of lines.entries()) expect(await endedAt(place, index === 0 ? command : ['resume', out], 'SIGKILL', count)).toBeNull()
    expect(await place.run(['resume', out, '--progress', 'none'])).toMatchObject({ code: 1, stderr: '' })
    const machines = await expectUndisturbed(place)
    // No step that had ended, and none whose answer was lost, was begun again.
    expect([...machines].map(([id, machine]) => [id, operationsOf(machine)])).toEqual(ids.map((id) => [id, undisturbed(id).operations]))
  })
})

describe('a run that is stopped wipes who has no verdict, and resumed ends as if nothing had been', () => {
  const number = numbersFrom(19700101)
  const stops = Array.from({ length: moments }, () => 1 + Math.floor(number() * allEvents * 0.9))
  test.concurrent.for(stops)('by SIGTERM after event %i', { timeout: 60_000 }, async (lines, { place }) => {
    await prepare(place)
    expect(await endedAt(place, command, 'SIGTERM', lines)).toBe(143)
    await expectWholeJunit(place)
    const events = await eventsOf(join(place.folder, out))
    const begun = new Set(events.flatMap((event) => (event.type === 'server.started' ? [event.server as string] : [])))
    const machines = await machinesOf(place)
    const { servers } = await resultsOf(place)
    expect(servers.map(({ id }) => id)).toEqual(ids)
    for (const { id, status, because, broken } of servers) {
      const { state, marks } = machines.get(id)!
      const { status: verdict, ...fate } = undisturbed(id)
      const expected =
        status === 'skipped'
          ? // What cannot be wiped is told of, but is nobody's verdict.
            { state: fate.step === 'destroy' && begun.has(id) ? state : 'clean', marks: 0, because: expect.stringMatching(begun.has(id) ? /^(install|benchmark|check): the run was stopped by SIGTERM$/ : /^not started: the run was stopped by SIGTERM$/) as string }
          : { state: fate.state, marks: fate.marks, because: undefined }
      expect({ id, status, state, marks: marks.length, because, marked: broken.marked }).toEqual({ id, status: status === 'skipped' ? 'skipped' : verdict, ...expected, marked: expected.marks === 1 })
    }
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'stopped', exitCode: 143 })
    expect(await place.run(['resume', out, '--progress', 'none'])).toMatchObject({ code: 1, stderr: '' })
    await expectUndisturbed(place)
  })
})
