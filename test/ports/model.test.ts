import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PortStatus } from '../../src/model/port-round.ts'
import { portStatusOf } from '../../src/model/port-round.ts'
import { createMonitor } from '../../src/ports/monitor.ts'
import { readState, writeState } from '../../src/ports/state-text.ts'
import { openState } from '../../src/ports/state.ts'
import type { PortsState } from '../../src/ports/watch.ts'
import { allOf, endpointsOf, scripted } from '../fixtures/endpoints.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

/** A process: whom it watches, one letter each, and what each of its rounds finds, a sign for each of them. */
interface Process {
  readonly hosts: string
  readonly rounds: readonly string[]
}

/** What the user is told after a round. */
interface Told {
  readonly counts: boolean
  readonly statuses: Readonly<Record<string, PortStatus>>
  readonly changed: string
}

/** The rules in the plainest form: every result that counted is written down for ever, and each status is counted out of that. */
function plainly(processes: readonly Process[], history: number): Told[] {
  const results = new Map<string, boolean[]>()
  let swallowed = 0
  const statusesOf = (hosts: string): Record<string, PortStatus> => Object.fromEntries(Array.from(hosts, (host) => [host, plainStatus(results.get(host) ?? [], history)]))
  return processes.flatMap(({ hosts, rounds }) => {
    for (const host of results.keys()) if (!hosts.includes(host)) results.delete(host)
    return rounds.map((signs) => {
      const before = statusesOf(hosts)
      const allFail = !signs.includes('+')
      const someAnsweredLast = Array.from(hosts).some((host) => results.get(host)?.at(-1) === true)
      const counts = !(hosts.length >= 2 && allFail && someAnsweredLast && swallowed < 2)
      swallowed = counts ? 0 : swallowed + 1
      if (counts) for (const [index, host] of Array.from(hosts).entries()) results.set(host, [...(results.get(host) ?? []), signs[index] === '+'])
      const statuses = statusesOf(hosts)
      return { counts, statuses, changed: Array.from(hosts).filter((host) => before[host] !== statuses[host]).join('') }
    })
  })
}

function plainStatus(results: readonly boolean[], history: number): PortStatus {
  const last = results.slice(Math.max(0, results.length - history))
  const passed = last.filter((result) => result).length
  const failed = last.length - passed
  if (last.length === 0) return 'unknown'
  if (failed === 0) return 'up'
  if (passed > 0) return 'flapping'
  return failed === history ? 'down' : 'failing'
}

/** Lets real monitors watch, one for each process. @param keep What becomes of the state between two of them. */
async function watched(processes: readonly Process[], history: number, keep: (state: PortsState) => Promise<PortsState | undefined>): Promise<Told[]> {
  const told: Told[] = []
  let past: PortsState | undefined
  for (const { hosts, rounds } of processes) {
    const clock = virtualClock()
    const monitor = createMonitor({
      endpoints: endpointsOf(hosts),
      checkAll: scripted(rounds, clock),
      history,
      everyMs: 15_000,
      count: rounds.length,
      clock,
      signal: new AbortController().signal,
      ...(past && { past }),
    })
    for (const { cutOff, states, changes } of await clock.run(allOf(monitor.rounds()))) {
      told.push({
        counts: cutOff === undefined,
        statuses: Object.fromEntries(states.map((state) => [state.endpoint.host, portStatusOf(state, history)])),
        changed: changes.map(({ endpoint }) => endpoint.host).join(''),
      })
    }
    past = await keep(monitor.state())
  }
  return told
}

async function throughText(state: PortsState): Promise<PortsState | undefined> {
  const read = readState([...writeState(state)].join(''))
  return read.is === 'state' ? read.state : expect.unreachable()
}

/** Half of the rounds fail entirely: that is where the rules are. */
const signsFor = (hosts: string): fc.Arbitrary<string> => {
  const some = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.string({ unit, minLength: hosts.length, maxLength: hosts.length })
  return fc.oneof(some(fc.constantFrom('+', 'r', 't')), some(fc.constantFrom('r', 't', 'd')))
}
const hostsArbitrary = fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 }).map((hosts) => hosts.join(''))
const processOf = (hosts: string): fc.Arbitrary<Process> => fc.record({ hosts: fc.constant(hosts), rounds: fc.array(signsFor(hosts), { minLength: 1, maxLength: 6 }) })
const processes = fc.array(hostsArbitrary.chain(processOf), { minLength: 1, maxLength: 5 })
const historyArbitrary = fc.integer({ min: 1, max: 6 })

test('whatever the rounds find, and whoever is watched by which process, what is told is what the plain rules say', async () => {
  await fc.assert(
    fc.asyncProperty(processes, historyArbitrary, async (given, history) => {
      expect(await watched(given, history, throughText)).toEqual(plainly(given, history))
    }),
  )
})

test('the same results tell the same, whether one process watches or a new one for each round', async () => {
  await fc.assert(
    fc.asyncProperty(hostsArbitrary.chain(processOf), historyArbitrary, async (one, history) => {
      const each = one.rounds.map((round) => ({ hosts: one.hosts, rounds: [round] }))
      expect(await watched(each, history, throughText)).toEqual(await watched([one], history, throughText))
    }),
  )
})

test('the same holds through a file on the disk', async () => {
  await fc.assert(
    fc.asyncProperty(processes, historyArbitrary, async (given, history) => {
      const folder = await mkdtemp(join(tmpdir(), 'rackbench-ports-'))
      const file = join(folder, 'state.json')
      try {
        const throughFile = async (state: PortsState): Promise<PortsState | undefined> => {
          expect(await (await openState(file)).save(state)).toBeUndefined()
          return (await openState(file)).past
        }
        expect(await watched(given, history, throughFile)).toEqual(plainly(given, history))
      } finally {
        await rm(folder, { recursive: true })
      }
    }),
    { numRuns: 15 },
  )
})
