import { expect, test } from 'vitest'
import { MeasurementError, ProvisionerUnavailableError, ServerNotOursError, ServerOperationError, UnknownServerError } from '../../src/model/fault.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Provisioner } from '../../src/model/provisioner.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import type { Rehearsal } from '../fixtures/rehearsal.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'

const throwing = (error: unknown) => async (): Promise<never> => {
  throw error
}
const slow = async (): Promise<number> => 20

interface Case {
  readonly plan?: Partial<Plan>
  readonly parts?: Partial<Provisioner>
  readonly released: boolean
}

const away = throwing(new ProvisionerUnavailableError('away'))
const cases: Readonly<Record<string, Case>> = {
  'passed and was wiped': { released: false },
  'passed and is kept': { plan: { destroy: 'never' }, released: true },
  'could not be measured': { parts: { benchmark: throwing(new MeasurementError('no tool')) }, released: true },
  'is marked and kept': { parts: { benchmark: slow }, released: true },
  'is marked and wiped': { plan: { destroy: 'always' }, parts: { benchmark: slow }, released: false },
  'failed, where marking is off': { plan: { markBroken: false }, parts: { benchmark: slow }, released: true },
  'has a mark that is withheld': { plan: { maxBroken: { count: 0 } }, parts: { benchmark: slow }, released: true },
  'lacks its mark': { parts: { benchmark: slow, markAsBroken: throwing(new ServerOperationError('read only')) }, released: false },
  'lacks its wipe': { plan: { maxOutageMs: 1000 }, parts: { destroy: away }, released: false },
  'cannot be wiped by its own fault': { parts: { destroy: throwing(new ServerOperationError('disk erase failed')) }, released: true },
  'was not installed, for the provisioner was away': { plan: { maxOutageMs: 1000 }, parts: { install: away }, released: true },
  'is not ours, which may show when it is taken already': { parts: { install: throwing(new ServerNotOursError('in use')) }, released: true },
  'is not there': { parts: { install: throwing(new UnknownServerError('no such server')) }, released: false },
}

test.for(Object.entries(cases))('a server is released if nothing is due for it any more and it is not clean: one that %s', async ([, { plan, parts, released }]) => {
  const given: string[] = []
  const release: Provisioner['release'] = async ({ id }, { idempotencyKey, inDoubt }) => void given.push(`${id} ${idempotencyKey}${inDoubt ? `, ${inDoubt.idempotencyKey} in doubt` : ''}`)
  await rehearse({ plan: planFor(1, plan), provisioner: adapter({ ...parts, release }) })
  expect(given).toEqual(released ? [`s0 r1/s0/release/1${parts?.install === away ? ', r1/s0/install/1 in doubt' : ''}`] : [])
})

const kept = planFor(1, { destroy: 'never' })

test('a server is released when its end is in the journal, and what is said meanwhile is in its log', async () => {
  const ends: string[] = []
  const release: Provisioner['release'] = async (_server, { log }) => {
    ends.push('released')
    log('let \u001b[31mgo')
  }
  const { lines } = await rehearse({ plan: kept, provisioner: adapter({ release }), onEvent: ({ type }) => void (type === 'server.finished' && ends.push(type)) })
  expect([ends, lines.filter((line) => line.includes('let go'))]).toEqual([['server.finished', 'released'], ['s0 -: info: let go']])
})

test.for<readonly [string, Provisioner['release'], string]>([
  ['fails', throwing(new Error('no answer\nfrom it')), 'no answer from it'],
  ['never settles', () => new Promise(() => {}), 'no answer within 10 s'],
])('a release that %s costs the server nothing, and the run says what is left to do', async ([, release, why]) => {
  const { state, exitCode, problems, lines } = await rehearse({ plan: kept, provisioner: adapter({ release: release! }) })
  const told = `run: warn: server s0: the provisioner could not be told that this run has left it, so other runs may leave it alone; "rackbench destroy --all" sets it free: ${why}`
  expect([fates(state), exitCode, problems, lines.filter((line) => line.startsWith('run: warn'))]).toEqual([['s0 passed, installed'], 0, [], [told]])
})

test('what a process that was killed could not release is released when the run is resumed, and is not measured again', async () => {
  const calls: string[] = []
  const release: Provisioner['release'] = async ({ id }) => void calls.push(`release ${id}`)
  const rehearsal: Rehearsal = { plan: planFor(2, { destroy: 'never', concurrency: 1 }), provisioner: adapter({ release }, calls) }
  const whole = await rehearse(rehearsal)
  const killAt = 1 + whole.events.findIndex(({ type }) => type === 'server.finished')
  calls.length = 0
  const { events: past } = await rehearse({ ...rehearsal, killAt })
  expect(calls).toEqual(['install s0', 'benchmark s0'])
  await rehearse({ ...rehearsal, past })
  expect(calls.slice(2)).toEqual(['install s1', 'benchmark s1', 'release s1', 'release s0'])
})

test('a run whose journal is lost releases nothing: a later process goes on where it ends', async () => {
  const calls: string[] = []
  const release: Provisioner['release'] = async ({ id }) => void calls.push(`release ${id}`)
  const whole = await rehearse({ plan: kept, provisioner: adapter() })
  await rehearse({ plan: kept, provisioner: adapter({ release }, calls), fullAt: whole.events.findIndex(({ type }) => type === 'server.finished') })
  expect(calls).toEqual(['install s0', 'benchmark s0'])
})
