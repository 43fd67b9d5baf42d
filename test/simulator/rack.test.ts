import { describe, expect, test } from 'vitest'
import { ProvisionerUnavailableError, ServerNotOursError, ServerOperationError, UnknownServerError } from '../../src/model/fault.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import type { Order } from '../../src/simulator/machine.ts'
import type { Call, Rack } from '../../src/simulator/rack.ts'
import { rackOf } from '../../src/simulator/rack.ts'
import type { RackStep } from '../../src/simulator/simulation.ts'
import { readSimulation } from '../../src/simulator/simulation.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const server: Server = { id: '101' as ServerId, labels: {} }
const { id } = server

interface Trial {
  readonly clock: VirtualClock
  readonly rack: Rack
  readonly calls: Call[]
  /** Orders a step and waits for it, at once. */
  readonly does: (step: RackStep, key: string, parts?: { signal?: AbortSignal; installed?: object; log?: (line: string) => void }) => Promise<unknown>
}

/** A rack whose server 101 behaves so. */
function trial(behaviour: object = {}): Trial {
  const clock = virtualClock()
  const calls: Call[] = []
  const rack = rackOf(readSimulation({ servers: { '101': behaviour } }), clock, (call) => calls.push(call))
  return {
    clock,
    rack,
    calls,
    async does(step, key, { signal = new AbortController().signal, installed, log = () => {} } = {}) {
      const order = { step, server, key, os: 'debian-12', reason: 'score 31 is below 50', installed } as Order
      return rack.order(order).wait({ signal, log })
    },
  }
}

/** Of one who waits and does not listen. */
const unheard = { signal: new AbortController().signal, log: () => {} }

/** What a call rejects with. */
async function thrown(call: Promise<unknown>): Promise<unknown> {
  return call.then(() => expect.unreachable('it passed'), (error: unknown) => error)
}

describe('the same key', () => {
  test('joins an operation that goes on, and repeats the outcome of one that has ended', async () => {
    const { clock, does, calls } = trial()
    const joined = Promise.all([does('install', 'r/101/install/1'), does('install', 'r/101/install/1')])
    const [first, second] = await clock.run(joined)
    const third = await does('install', 'r/101/install/1')
    expect([second, third, clock.elapsed()]).toEqual([first, first, 1000])
    expect(calls.map(({ begun }) => begun)).toEqual([true, false, false])
  })

  test('repeats a failure, and a new key begins anew', async () => {
    const { clock, does, calls } = trial({ install: { fails: 'PXE boot timed out', retryable: true } })
    const first = await clock.run(thrown(does('install', 'r/101/install/1')))
    expect(first).toEqual(new ServerOperationError('PXE boot timed out', { retryable: true }))
    expect(await thrown(does('install', 'r/101/install/1'))).toBe(first)
    expect(await clock.run(thrown(does('install', 'r/101/install/2')))).not.toBe(first)
    expect(calls.map(({ begun }) => begun)).toEqual([true, false, true])
  })

  test('begins what refused to begin before', async () => {
    const { clock, does, rack } = trial({ install: { unavailable: 2, busy: 1 } })
    const tries = [await thrown(does('install', 'k')), await thrown(does('install', 'k')), await thrown(does('install', 'k'))]
    expect(tries.map((error) => error instanceof ProvisionerUnavailableError && error.busy)).toEqual([false, false, true])
    await clock.run(does('install', 'k'))
    expect(rack.look(id)).toEqual({ state: 'installed' })
  })

  test('of another step is another operation', async () => {
    const { clock, does, rack } = trial()
    await clock.run(does('install', 'k'))
    await clock.run(does('destroy', 'k'))
    expect(rack.look(id)).toEqual({ state: 'clean' })
  })
})

describe('an abort', () => {
  test('leaves the machine half installed, to be destroyed at once, and its key begins anew', async () => {
    const { clock, does, rack, calls } = trial()
    const stop = new AbortController()
    const reason = new Error('the run was stopped')
    const installing = thrown(does('install', 'i', { signal: stop.signal }))
    await clock.advance(400)
    stop.abort(reason)
    expect(await installing).toBe(reason)
    expect([rack.look(id).state, rack.busy(), clock.waiting()]).toEqual(['half-installed', 0, 0])
    await clock.run(does('destroy', 'd'))
    expect(rack.look(id).state).toBe('clean')
    await clock.run(does('install', 'i'))
    expect([rack.look(id).state, calls.map(({ begun }) => begun)]).toEqual(['installed', [true, true, true]])
  })

  test('ends what hangs, and a wipe that is given up leaves a machine that is not clean', async () => {
    const { clock, does, rack } = trial({ destroy: { hangs: true } })
    const stop = new AbortController()
    const destroying = thrown(does('destroy', 'd', { signal: stop.signal }))
    await clock.advance(3_600_000)
    expect([rack.look(id).state, clock.waiting()]).toEqual(['half-wiped', 0])
    stop.abort()
    expect(await destroying).toBe(stop.signal.reason)
    expect([rack.look(id).state, rack.busy()]).toEqual(['half-wiped', 0])
  })

  test('of one who waits leaves the operation to the others', async () => {
    const { clock, does, rack } = trial()
    const stop = new AbortController()
    const first = thrown(does('install', 'i', { signal: stop.signal }))
    const second = does('install', 'i')
    await clock.advance(400)
    stop.abort()
    await first
    expect(await clock.run(second)).toEqual({ facts: { os: 'debian-12' } })
    expect(rack.look(id).state).toBe('installed')
  })

  test('ends the log lines with it', async () => {
    const { clock, does } = trial()
    const stop = new AbortController()
    const said: string[] = []
    const installing = thrown(does('install', 'i', { signal: stop.signal, log: (line) => said.push(line) }))
    await clock.advance(100)
    stop.abort()
    await installing
    await clock.advance(10_000)
    expect(said).toEqual(['simulated: PXE boot'])
  })
})

describe('a destroy', () => {
  test('cancels an install that nobody waits for', async () => {
    const { clock, does, rack } = trial()
    const orphan = rack.order({ step: 'install', server, os: 'debian-12', key: 'i' })
    await clock.advance(100)
    await clock.run(does('destroy', 'd'))
    expect(await thrown(orphan.wait(unheard))).toEqual(new ServerOperationError('install was cancelled'))
    expect([rack.look(id).state, clock.elapsed()]).toEqual(['clean', 600])
  })

  test('is told to come back as long as somebody waits for the install', async () => {
    const { clock, does } = trial()
    const installing = does('install', 'i')
    const error = await thrown(does('destroy', 'd'))
    expect(error).toEqual(new ProvisionerUnavailableError('server 101 is busy: install goes on', { busy: true }))
    expect(error).toMatchObject({ busy: true })
    await clock.run(installing)
    await clock.run(does('destroy', 'd'))
  })

  test('that nobody waits for is not cancelled by an install', async () => {
    const { clock, does, rack } = trial()
    rack.order({ step: 'destroy', server, key: 'd' })
    expect(await thrown(does('install', 'i'))).toBeInstanceOf(ProvisionerUnavailableError)
    await clock.advance(500)
    await clock.run(does('install', 'i'))
    expect(rack.look(id).state).toBe('installed')
  })

  test('that fails leaves a machine that is not clean', async () => {
    const { clock, does, rack } = trial({ destroy: { fails: 'disk erase failed' } })
    await clock.run(does('install', 'i'))
    expect(await clock.run(thrown(does('destroy', 'd')))).toEqual(new ServerOperationError('disk erase failed'))
    expect(rack.look(id).state).toBe('half-wiped')
  })
})

describe('a machine', () => {
  test('in use by somebody else is left alone', async () => {
    const { does, rack } = trial({ state: 'in-use' })
    const error = new ServerNotOursError('server 101 is in use by somebody else')
    expect([await thrown(does('install', 'i')), await thrown(does('destroy', 'd')), await thrown(does('markAsBroken', 'm'))]).toEqual([error, error, error])
    expect(() => rack.clearMark(id)).toThrow('in use by somebody else')
    expect(rack.look(id)).toEqual({ state: 'in-use' })
  })

  test('that is broken is not installed, can be wiped, and is ours again when the mark is cleared', async () => {
    const { clock, does, rack } = trial({ state: 'broken' })
    expect(await thrown(does('install', 'i'))).toEqual(new ServerNotOursError('server 101 is already marked as broken: broken from the start'))
    await clock.run(does('destroy', 'd'))
    rack.clearMark(id)
    await clock.run(does('install', 'i'))
    expect(rack.look(id)).toEqual({ state: 'installed' })
  })

  test('is marked by one run, as often as that wants, and by no other', async () => {
    const { clock, does, rack } = trial()
    await clock.run(does('install', 'r/101/install/1'))
    await clock.run(does('markAsBroken', 'r/101/mark/1'))
    await clock.run(does('markAsBroken', 'r/101/mark/2'))
    expect(await thrown(does('markAsBroken', 's/101/mark/1'))).toEqual(new ServerNotOursError('server 101 is already marked as broken: score 31 is below 50'))
    expect(rack.look(id)).toEqual({ state: 'installed', mark: { run: 'r', reason: 'score 31 is below 50' } })
  })

  test('is not marked if marking fails', async () => {
    const { clock, does, rack } = trial({ markAsBroken: { fails: 'read only' } })
    expect(await clock.run(thrown(does('markAsBroken', 'm')))).toEqual(new ServerOperationError('read only'))
    expect(rack.look(id)).toEqual({ state: 'clean' })
  })

  test('that the rack does not have is unknown by its name', async () => {
    const rack = rackOf(readSimulation({ strict: true }), virtualClock())
    expect(() => rack.order({ step: 'destroy', server, key: 'd' })).toThrow(new UnknownServerError('there is no server 101 in the simulated rack'))
    expect(() => rack.look(id)).toThrow(UnknownServerError)
  })
})

describe('a benchmark', () => {
  const notInstalled = new ServerOperationError('server 101 is not installed')

  test('answers what it was told to, whatever that is', async () => {
    const { clock, does } = trial({ benchmark: { score: 'fast' } })
    await clock.run(does('install', 'i'))
    expect(await clock.run(does('benchmark', 'b'))).toBe('fast')
  })

  test('fails on a machine that is not installed', async () => {
    const { clock, does } = trial()
    expect(await thrown(does('benchmark', 'b1'))).toEqual(notInstalled)
    await clock.run(does('install', 'i'))
    await clock.run(does('destroy', 'd'))
    expect(await thrown(does('benchmark', 'b2'))).toEqual(notInstalled)
  })

  test('believes an install of another process, unless the rack knows better', async () => {
    const { clock, does, rack } = trial()
    expect(await clock.run(does('benchmark', 'b1', { installed: { facts: {} } }))).toBe(80)
    expect(rack.look(id)).toEqual({ state: 'installed' })
    await clock.run(does('destroy', 'd'))
    expect(await thrown(does('benchmark', 'b2', { installed: { facts: {} } }))).toEqual(notInstalled)
  })
})

test('a rack tells how many machines are busy, and how many were at most', async () => {
  const clock = virtualClock()
  const rack = rackOf(readSimulation({}), clock)
  const destroy = (name: string): Promise<unknown> => rack.order({ step: 'destroy', server: { id: name as ServerId, labels: {} }, key: name }).wait(unheard)
  const work = Promise.all(['a', 'b', 'c'].map(destroy))
  expect([rack.busy(), rack.busiest()]).toEqual([3, 3])
  await clock.run(work)
  await clock.run(destroy('d'))
  expect([rack.busy(), rack.busiest()]).toEqual([0, 3])
})
