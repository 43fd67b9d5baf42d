import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeProgress } from '../../src/clients/ironic-api.ts'
import type { IronicPoller } from '../../src/clients/ironic-poller.ts'
import { createIronicPoller } from '../../src/clients/ironic-poller.ts'
import { pause } from '../../src/clients/pause.ts'
import type { Clock } from '../../src/model/clock.ts'
import { ProvisionerUnavailableError, UnknownServerError } from '../../src/model/fault.ts'
import { progress } from '../fixtures/ironic-answers.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

interface Watched {
  readonly clock: VirtualClock
  readonly poller: IronicPoller
  readonly nodes: Map<string, NodeProgress | Error>
  /** `2s a b`: when a round began, in seconds, and for whom. */
  readonly rounds: string[]
  readonly wait: (id: string, signal?: AbortSignal, onChange?: (node: NodeProgress) => void) => Promise<string>
}

/** A poller of nodes that the test sets; each round takes so long, or until its signal. */
function watch(takesMs: () => number = () => 0): Watched {
  const clock = virtualClock()
  const nodes = new Map<string, NodeProgress | Error>()
  const rounds: string[] = []
  const poller = createIronicPoller({
    clock,
    async read(ids) {
      rounds.push(`${clock.elapsed() / 1000}s ${ids.join(' ')}`)
      // What is told was true when the round began.
      const found = new Map(ids.flatMap((id) => (nodes.has(id) ? [[id, nodes.get(id)!] as const] : [])))
      const ms = takesMs()
      if (ms > 0) await pause(ms, new AbortController().signal, clock)
      return found
    },
  })
  const wait: Watched['wait'] = (id, signal = new AbortController().signal, onChange = () => {}) =>
    poller.settled(id, { isSettled: ({ provision_state: state }) => state === 'active', onChange, signal }).then(
      ({ provision_state: state }) => `${clock.elapsed() / 1000}s ${state}`,
      (error: Error) => `${clock.elapsed() / 1000}s ${error.name}: ${error.message}`,
    )
  return { clock, poller, nodes, rounds, wait }
}

/** `1.5s ...` in milliseconds. */
const millisecondsOf = (told: string): number => Math.round(Number.parseFloat(told) * 1000)

const deploying = (name: string): NodeProgress => progress(name, { provision_state: 'deploying', reservation: 'conductor' })
const active = (name: string): NodeProgress => progress(name, { provision_state: 'active' })
const away = new ProvisionerUnavailableError('away')
const abortAt = (clock: Clock, ms: number): AbortSignal => {
  const stop = new AbortController()
  clock.after(ms, () => stop.abort(new Error('out of time')))
  return stop.signal
}

test('rounds go from a second apart to 15 while nothing changes, and back to one after a change', async () => {
  const { clock, nodes, rounds, wait } = watch()
  nodes.set('a', deploying('a'))
  clock.after(50_000, () => nodes.set('a', progress('a', { provision_state: 'wait call-back' })))
  clock.after(63_500, () => nodes.set('a', active('a')))
  expect(await clock.run(wait('a'))).toBe('64s active')
  expect(rounds).toEqual([1, 2, 4, 8, 16, 31, 46, 61, 62, 64].map((at) => `${at}s a`))
  expect(clock.waiting()).toBe(0)
})

test('a node that is added is asked for within a second, together with all that wait', async () => {
  const { clock, nodes, rounds, wait } = watch()
  for (const name of ['a', 'b']) nodes.set(name, deploying(name))
  const first = wait('a', abortAt(clock, 20_000))
  await clock.advance(17_200)
  const second = wait('b', abortAt(clock, 2_500))
  expect(await clock.run(Promise.all([first, second]))).toEqual(['20s Error: out of time', '19.7s Error: out of time'])
  expect(rounds).toEqual(['1s a', '2s a', '4s a', '8s a', '16s a', '18.2s a b', '19.2s a b'])
})

test('servers that come one after another do not put a round off', async () => {
  const { clock, rounds, wait, nodes } = watch()
  const ends: Promise<string>[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    nodes.set(name, active(name))
    ends.push(wait(name))
    await clock.advance(400)
  }
  await clock.run(Promise.all(ends))
  expect(rounds).toEqual(['1s a b c', '2.2s d e'])
})

test('a state counts only once nobody holds the lock, and each is told once', async () => {
  const { clock, nodes, wait } = watch()
  const seen: string[] = []
  nodes.set('a', deploying('a'))
  clock.after(2500, () => nodes.set('a', { ...active('a'), reservation: 'conductor' }))
  clock.after(5500, () => nodes.set('a', active('a')))
  expect(await clock.run(wait('a', undefined, ({ provision_state: state, reservation }) => seen.push(`${state} ${reservation}`)))).toBe('7s active')
  expect(seen).toEqual(['deploying conductor', 'active conductor', 'active null'])
})

test('what a round has read before somebody began to wait is not heard', async () => {
  const { clock, nodes, wait, rounds } = watch(() => 3000)
  nodes.set('a', deploying('a')).set('b', active('b'))
  const first = wait('a', abortAt(clock, 4_500))
  await clock.advance(2000)
  const second = wait('b')
  expect(await clock.run(Promise.all([first, second]))).toEqual(['4.5s Error: out of time', '8s active'])
  expect(rounds).toEqual(['1s a', '5s b'])
})

test('two that wait for the same node are asked for once, and one that leaves does not take the other along', async () => {
  const { clock, nodes, rounds, wait } = watch()
  nodes.set('a', deploying('a'))
  clock.after(5000, () => nodes.set('a', active('a')))
  expect(await clock.run(Promise.all([wait('a'), wait('a', abortAt(clock, 1500))]))).toEqual(['8s active', '1.5s Error: out of time'])
  expect(rounds).toEqual(['1s a', '2s a', '4s a', '8s a'])
})

test('trouble that passes is waited out; after 20 s whoever waits is told', async () => {
  const { clock, nodes, wait, rounds } = watch()
  nodes.set('a', away).set('b', away)
  clock.after(14_000, () => nodes.set('a', active('a')))
  expect(await clock.run(Promise.all([wait('a'), wait('b')]))).toEqual(['15s active', '22s ProvisionerUnavailableError: away'])
  expect(rounds).toEqual(['1s a b', '3s a b', '7s a b', '15s a b', '16s b', '18s b', '22s b'])
})

test('trouble that was over in between begins anew', async () => {
  const { clock, nodes, wait } = watch()
  nodes.set('a', away)
  clock.after(14_000, () => nodes.set('a', deploying('a')))
  clock.after(17_000, () => nodes.set('a', away))
  clock.after(40_000, () => nodes.set('a', active('a')))
  expect(await clock.run(wait('a', abortAt(clock, 100_000)))).toMatch(/^4\ds active$/)
})

test('a node that is unknown, or of which nothing is said, fails at once and alone', async () => {
  const { clock, nodes, wait } = watch()
  nodes.set('a', new UnknownServerError('no a')).set('c', active('c'))
  expect(await clock.run(Promise.all([wait('a'), wait('b'), wait('c')]))).toEqual(['1s UnknownServerError: no a', '1s DefectError: nothing was read of b', '1s active'])
})

test('time that runs out in trouble, or over a round that is not answered, has run out by Ironic\'s fault', async () => {
  const troubled = watch()
  troubled.nodes.set('a', away)
  expect(await troubled.clock.run(troubled.wait('a', abortAt(troubled.clock, 2000)))).toBe('2s ProvisionerUnavailableError: away')
  const silent = watch(() => 60_000)
  const early = [silent.wait('a', abortAt(silent.clock, 8000)), silent.wait('a', abortAt(silent.clock, 5000))]
  await silent.clock.advance(3000)
  expect(await silent.clock.run(Promise.all([...early, silent.wait('b', abortAt(silent.clock, 6000))]))).toEqual([
    '8s ProvisionerUnavailableError: Ironic had not said for 7 s how far a is',
    '5s Error: out of time',
    '9s ProvisionerUnavailableError: Ironic had not said for 8 s how far b is',
  ])
})

test('a signal that has aborted already waits for nothing', async () => {
  const { clock, wait, rounds } = watch()
  expect([await wait('a', AbortSignal.abort(new Error('gone'))), clock.waiting(), rounds]).toEqual(['0s Error: gone', 0, []])
})

test('what throws in a question is the end of that one alone', async () => {
  const { clock, nodes, wait } = watch()
  nodes.set('a', active('a'))
  const bad = wait('a', undefined, () => {
    throw new Error('bad listener')
  })
  expect(await clock.run(Promise.all([bad, wait('a')]))).toEqual(['1s Error: bad listener', '1s active'])
})

test('closing ends the waiting', async () => {
  const { clock, poller, wait } = watch()
  const waiting = wait('a')
  poller.close()
  expect([await waiting, clock.waiting()]).toEqual(['0s ProvisionerUnavailableError: Ironic is not asked any more how far a is: the client was closed', 0])
})

test('rounds run in nobody\'s context, and each is told in its own', async () => {
  const current = new AsyncLocalStorage<string>()
  const contexts: string[] = []
  const note = (what: string): void => void contexts.push(`${what} ${current.getStore() ?? 'nobody'}`)
  const clock: Clock = { now: Date.now, elapsed: () => performance.now(), after: (_, call) => (note('timer'), setTimeout(call, 0), () => {}) }
  let rounds = 0
  const poller = createIronicPoller({
    clock,
    async read(ids) {
      note('round')
      await new Promise((resolve) => setImmediate(resolve))
      return new Map(ids.map((id) => [id, rounds++ < 2 ? deploying(id) : active(id)]))
    },
  })
  const isSettled = ({ provision_state: state }: NodeProgress): boolean => (note('asked'), state === 'active')
  await Promise.all(['a', 'b'].map((id) => current.run(id, () => poller.settled(id, { isSettled, signal: new AbortController().signal }).then(() => note('settled')))))
  expect(contexts).toEqual(['timer nobody', 'round nobody', 'timer nobody', 'round nobody', 'asked a', 'asked b', 'settled a', 'settled b'])
})

test('whatever comes when, everybody settles, none later than 15 s and a round after it could, and no two rounds begin within a second', async () => {
  const life = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), from: fc.nat(60_000), patience: fc.integer({ min: 1, max: 90_000 }) })
  const fate = fc.constantFrom('deploying', 'active', 'away', 'unknown')
  const changes = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.nat(100_000), to: fate }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 8 }), changes, fc.array(fc.nat(3000), { minLength: 1 }), async (lives, events, delays) => {
      let turn = 0
      const { clock, nodes, rounds, wait } = watch(() => delays[turn++ % delays.length]!)
      const set = (id: string, to: string): void => void nodes.set(id, { deploying: deploying(id), active: active(id), away, unknown: new UnknownServerError('gone') }[to]!)
      for (const id of ['a', 'b', 'c', 'd']) set(id, 'deploying')
      for (const { id, at, to } of events) clock.after(at, () => set(id, to))
      const ends = lives.map(async ({ id, from, patience }) => {
        await pause(from, new AbortController().signal, clock)
        return { id, from, patience, end: await wait(id, abortAt(clock, patience)) }
      })
      for (const { from, patience, end } of await clock.run(Promise.all(ends))) {
        expect(end).toMatch(/^[\d.]+s (?:active|Error: out of time|ProvisionerUnavailableError: away|UnknownServerError: gone)$/)
        expect(millisecondsOf(end)).toBeLessThanOrEqual(from + patience)
      }
      // Those that became active for good, and had the patience, have seen it.
      const last = new Map(events.toSorted((one, other) => one.at - other.at).map(({ id, at, to }) => [id, { at, to }]))
      for (const { id, from, patience, end } of await Promise.all(ends)) {
        const { at = 0, to } = last.get(id) ?? {}
        const inTimeMs = Math.max(at, from) + 15_000 + 3000 + 3000
        if (to === 'active' && inTimeMs <= from + patience && !end.includes('Error')) expect(millisecondsOf(end)).toBeLessThanOrEqual(inTimeMs)
        if (to === 'active' && inTimeMs <= from + patience) expect(end).not.toMatch(/out of time/)
      }
      const begun = rounds.map((round) => millisecondsOf(round))
      for (const [index, at] of begun.entries()) if (index > 0) expect(at - begun[index - 1]!).toBeGreaterThanOrEqual(1000)
      await clock.advance(200_000)
      expect([clock.waiting(), rounds.length]).toEqual([0, begun.length])
    }),
    { numRuns: 100 },
  )
})
