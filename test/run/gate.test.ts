import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Check, FailureReason } from '../../src/model/endpoint.ts'
import type { Gate } from '../../src/model/gate.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../../src/model/run-state.ts'
import { fallOf, statusOf } from '../../src/model/verdict.ts'
import type { Look } from '../../src/run/gate.ts'
import type { Rehearsal } from '../fixtures/rehearsal.ts'
import { planFor, rehearse, sigterm } from '../fixtures/rehearsal.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import type { Script, World } from '../fixtures/world.ts'
import { createWorld } from '../fixtures/world.ts'

const gate: Gate = { open: [22], closed: [443], limitMs: 3000 }

/** How a port behaves; a real one of this machine's can also be out of reach. */
type Behaviour = 'answers' | FailureReason | 'EMFILE' | 'hangs' | 'deaf'

/** What stands at the ports of servers `s0`, `s1`, ..., whose addresses are `10.0.0.0`, `10.0.0.1`, ... */
function portsAs(behaviourOf: (host: string, port: number) => Behaviour) {
  const looked: string[] = []
  const look = (clock: VirtualClock): Look => async ({ host, port }, { limitMs, signal }) => {
    looked.push(`${host}:${port}`)
    const behaviour = behaviourOf(host, port)
    if (behaviour === 'EMFILE') throw Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
    if (behaviour === 'deaf') return new Promise(() => {})
    await new Promise<void>((resolve, reject) => {
      const cancel = clock.after(behaviour === 'hangs' ? limitMs : 1, resolve)
      signal.addEventListener('abort', () => {
        cancel()
        reject(signal.reason as Error)
      })
    })
    const when = { at: new Date(clock.now()).toISOString(), ms: 1 }
    if (behaviour === 'answers') return { ok: true, ...when }
    return { ok: false, ...when, reason: behaviour === 'hangs' ? 'timeout' : behaviour, detail: '' } satisfies Check
  }
  return { looked, look }
}

const clean = (_host: string, port: number): Behaviour => (port === 22 ? 'answers' : 'refused')

function gated(servers: number, parts: Partial<Plan> = {}): Plan {
  const plan = planFor(servers, { gate, ...parts })
  return { ...plan, servers: plan.servers.map((server, index) => ({ ...server, address: `10.0.0.${index}` })) }
}

async function rehearseGated(behaviourOf: (host: string, port: number) => Behaviour, { plan = gated(1), world = createWorld(() => ({})), ...more }: Partial<Omit<Rehearsal, 'provisioner' | 'look'>> & { world?: World } = {}) {
  const { looked, look } = portsAs(behaviourOf)
  return { ...(await rehearse({ plan, provisioner: world.provisioner, look, ...more })), looked, calls: world.calls, world }
}

const told = ({ servers }: RunState) => [...servers.values()].map((server) => `${server.server.id} ${statusOf(server)}: ${fallOf(server)?.failure.message ?? ''}`.trimEnd())

describe('a server whose gate opens', () => {
  test('is taken through its steps as without a gate', async () => {
    const { state, exitCode, looked } = await rehearseGated(clean)
    expect({ told: told(state), exitCode, looked }).toEqual({ told: ['s0 passed:'], exitCode: 0, looked: ['10.0.0.0:22', '10.0.0.0:443'] })
  })
})

describe('a server whose gate stays shut', () => {
  test.each<[Behaviour, Behaviour, string]>([
    ['refused', 'refused', 'port 22 does not answer: refused'],
    ['hangs', 'refused', 'port 22 does not answer: timeout'],
    ['dns', 'dns', 'port 22 does not answer: dns; port 443 is not refused: dns'],
    ['answers', 'answers', 'port 443 answers, and must be refused'],
    ['answers', 'hangs', 'port 443 is not refused: timeout'],
    ['answers', 'unreachable', 'port 443 is not refused: unreachable'],
  ])('where port 22 %s and port 443 %s is skipped with the reason, and the provisioner is not asked for anything', async (ssh, https, reason) => {
    const { state, exitCode, calls, events } = await rehearseGated((_host, port) => (port === 22 ? ssh : https), { plan: gated(1, { destroy: 'always' }) })
    expect({ told: told(state), calls, exitCode, left: state.servers.get('s0' as never)!.left }).toEqual({ told: [`s0 skipped: the gate does not open: ${reason}`], calls: [], exitCode: 3, left: 'clean' })
    expect(events.filter(({ type }) => type === 'step.started')).toEqual([])
    expect(state.finished?.problems).toEqual(['no server ran at all'])
  })

  test('because it has no address is skipped, and nothing is looked at', async () => {
    const { state, calls, looked } = await rehearseGated(clean, { plan: planFor(1, { gate }) })
    expect({ told: told(state), calls, looked }).toEqual({ told: ['s0 skipped: the gate does not open: no address of the server is known'], calls: [], looked: [] })
  })

  test('changes no exit code where others pass, and trips no brake however many there are', async () => {
    const { state, exitCode } = await rehearseGated((host, port) => (host === '10.0.0.29' ? clean(host, port) : 'refused'), { plan: gated(30, { concurrency: 1 }) })
    expect({ exitCode, stopping: state.stopping, passed: state.totals.passed, skipped: state.totals.skipped }).toEqual({ exitCode: 0, stopping: undefined, passed: 1, skipped: 29 })
  })

  test('says nothing about the provisioner: servers that it leaves without an answer are still in a row', async () => {
    const away = createWorld(() => ({ install: { unavailable: 1000 } }))
    const { state } = await rehearseGated((host, port) => (Number(host.split('.').at(-1)) % 2 === 0 ? 'refused' : clean(host, port)), { plan: gated(30, { concurrency: 1, maxOutageMs: 0 }), world: away })
    expect([state.stopping?.because, state.totals.notJudged]).toEqual(['unavailable', 5])
  })

  test('is looked at anew by a resumed run', async () => {
    const { events } = await rehearseGated(() => 'refused')
    const { state, exitCode, looked } = await rehearseGated(clean, { past: events })
    expect({ told: told(state), exitCode, looked }).toEqual({ told: ['s0 passed:'], exitCode: 0, looked: ['10.0.0.0:22', '10.0.0.0:443'] })
  })
})

describe('a server whose install has begun', () => {
  test('is this run\'s: a resumed one does not look at its ports', async () => {
    const world = createWorld(() => ({}))
    const begun = await rehearseGated(clean, { killAt: 3, world })
    expect(begun.events.at(-1)).toMatchObject({ type: 'step.started', step: 'install' })
    const { state, looked } = await rehearseGated(() => 'refused', { past: begun.events, world })
    expect({ told: told(state), looked }).toEqual({ told: ['s0 passed:'], looked: [] })
  })

  test('and which was wiped when the run was stopped is still the run\'s', async () => {
    const world = createWorld(() => ({}))
    const stopped = await rehearseGated(clean, { stopAt: 4, world })
    const { state, looked } = await rehearseGated(() => 'refused', { past: stopped.events, world })
    expect({ told: told(state), looked }).toEqual({ told: ['s0 passed:'], looked: [] })
  })

  test('is looked at anew if the provisioner has said that it is not ours', async () => {
    const first = await rehearseGated(clean, { world: createWorld(() => ({ install: { ends: 'not ours' } })) })
    const { state, calls } = await rehearseGated(() => 'refused', { past: first.events })
    expect({ told: told(state), calls }).toEqual({ told: ['s0 skipped: the gate does not open: port 22 does not answer: refused'], calls: [] })
  })
})

describe('a look', () => {
  test('that is not possible from here is a defect, no verdict about servers; the fifth ends the start of more', async () => {
    const { state, calls, exitCode } = await rehearseGated(() => 'EMFILE', { plan: gated(20, { concurrency: 1 }) })
    expect({ first: told(state)[0], calls, exitCode, stopping: state.stopping?.because, notJudged: state.totals.notJudged }).toEqual({
      first: 's0 failed: the gate cannot be looked at from here: connect EMFILE',
      calls: [],
      exitCode: 3,
      stopping: 'unavailable',
      notJudged: 5,
    })
  })

  test('that never ends is a defect once its time is over', async () => {
    const { state, clock } = await rehearseGated(() => 'deaf')
    expect([told(state), clock.elapsed()]).toEqual([['s0 failed: what comes before install has not ended within 3s'], 5000])
  })

  test.each<Behaviour>(['hangs', 'deaf'])('that %s is given up at once when the run is stopped', async (behaviour) => {
    const { state, calls, exitCode, clock } = await rehearseGated(() => behaviour, { stopAfterMs: 1000, stop: sigterm })
    expect({ told: told(state), calls, exitCode, elapsed: clock.elapsed() }).toEqual({ told: ['s0 skipped: the run was stopped by SIGTERM'], calls: [], exitCode: 143, elapsed: 1000 })
  })
})

describe('whatever becomes of a run', () => {
  const behaviour = fc.constantFrom<Behaviour>('answers', 'refused', 'hangs', 'dns', 'reset', 'EMFILE', 'deaf')
  const machine = fc.record({ ssh: behaviour, https: behaviour, fails: fc.boolean() })

  test('the provisioner is never asked about a server whose gate did not open, and each gate that opened opens the same in the end', async () => {
    const ends = fc.record({ kill: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }), stop: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }) })
    const usually = fc.oneof({ weight: 3, arbitrary: fc.constant({ ssh: 'answers', https: 'refused', fails: false } as const) }, { weight: 4, arbitrary: machine })
    await fc.assert(
      fc.asyncProperty(fc.array(usually, { minLength: 1, maxLength: 6 }), fc.array(ends, { maxLength: 4 }), fc.integer({ min: 1, max: 4 }), async (machines, processes, concurrency) => {
        const scriptOf = (id: string): Script => (machines[Number(id.slice(1))]!.fails ? { install: { ends: 'fails' } } : {})
        const world = createWorld(scriptOf)
        const plan = gated(machines.length, { concurrency, maxAlike: 0, destroy: 'always' })
        const behaviourOf = (host: string, port: number): Behaviour => machines[Number(host.split('.').at(-1))]![port === 22 ? 'ssh' : 'https']
        let past: Rehearsal['past'] = []
        for (const { kill, stop } of processes) {
          const { events } = await rehearseGated(behaviourOf, { plan, world, past, ...(kill !== undefined && { killAt: past.length + kill }), ...(stop !== undefined && { stopAt: past.length + stop }) })
          past = events
        }
        const { state } = await rehearseGated(behaviourOf, { plan, world, past })
        for (const [index, { ssh, https }] of machines.entries()) {
          const id = `s${index}`
          const isOpen = ssh === 'answers' && https === 'refused'
          const isAsked = world.calls.some((call) => call.split(' ')[1] === id)
          if (!isOpen) expect({ id, isAsked, left: state.servers.get(id as never)!.left }).toEqual({ id, isAsked: false, left: 'clean' })
          else if (!state.stopping) expect({ id, isAsked }).toEqual({ id, isAsked: true })
        }
        expect(world.wrongs).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})
