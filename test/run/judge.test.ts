import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/model/plan.ts'
import type { Metrics } from '../../src/model/metrics.ts'
import type { Server } from '../../src/model/server.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'

interface Case {
  readonly labels?: Server['labels']
  readonly facts?: Readonly<Record<string, string>>
  /** What the measurements of an install answer, one after the other. */
  readonly metrics: readonly (number | Metrics)[]
  readonly plan?: Partial<Plan>
}

/** What becomes of one server. */
async function judged({ labels = {}, facts = {}, metrics, plan: parts = {} }: Case) {
  const plan = planFor(1, parts)
  let measured = 0
  const provisioner = adapter({ install: async () => ({ facts }), benchmark: async () => metrics[measured++]! })
  const { state, events, exitCode, lines } = await rehearse({ plan: { ...plan, servers: [{ ...plan.servers[0]!, labels }] }, provisioner })
  const checks = events.flatMap((event) => (event.type === 'step.finished' && event.step === 'check' ? [event] : []))
  const message = checks.map((check) => (check.status === 'failed' ? check.failure.message : check.status))
  return { fate: fates(state)[0], message, checks, exitCode, lines, state, measured }
}

const byModel: Partial<Plan> = { thresholds: [{ metric: 'iops', min: 100 }, { metric: 'iops', min: 400, where: { model: 'R64*' }, unit: '1/s' }] }

test('the rule that is most specific for the labels holds, also for labels that only the install found out', async () => {
  expect(await judged({ labels: { model: 'R750' }, metrics: [{ iops: 150 }], plan: byModel })).toMatchObject({ fate: 's0 passed, clean', message: ['passed'] })
  for (const known of [{ labels: { model: 'R640' } }, { facts: { model: 'R640' } }, { labels: { model: 'R640' }, facts: { model: 'R750' } }]) {
    expect(await judged({ ...known, metrics: [{ iops: 150 }], plan: byModel })).toMatchObject({
      fate: 's0 failed at check: PerformanceError, marked, installed',
      message: ['iops 150 1/s is below 400 1/s, by 250 1/s (thresholds[1]: model=R64*)'],
      checks: [{ violations: [{ metric: 'iops', value: 150, unit: '1/s', bound: { min: 400 }, by: 250, rule: 1 }] }],
    })
  }
})

describe('a rule that warns', () => {
  const warns: Partial<Plan> = { thresholds: [{ metric: 'score', min: 50 }, { metric: 'noise', max: 3, severity: 'warn' }] }

  test('is told, and condemns nobody', async () => {
    const { fate, checks, exitCode } = await judged({ metrics: [{ score: 80, noise: 4 }], plan: warns })
    expect({ fate, exitCode }).toEqual({ fate: 's0 passed, clean', exitCode: 0 })
    expect(checks).toMatchObject([{ status: 'passed', warnings: [{ metric: 'noise', value: 4, unit: '', bound: { max: 3 }, by: 1, rule: 1 }] }])
  })

  test('is told of a metric that was not measured, too', async () => {
    expect(await judged({ metrics: [80], plan: warns })).toMatchObject({ fate: 's0 passed, clean', checks: [{ warnings: [{ metric: 'noise', unit: '', bound: { max: 3 }, rule: 1 }] }] })
  })

  test('is told besides what fails the server', async () => {
    expect(await judged({ metrics: [{ score: 20, noise: 4 }], plan: warns })).toMatchObject({ message: ['score 20 is below 50, by 30'], checks: [{ violations: [{ metric: 'score' }], warnings: [{ metric: 'noise' }] }] })
  })

  test('is no reason to measure once more', async () => {
    expect(await judged({ metrics: [{ score: 80, noise: 4 }], plan: { ...warns, retest: 1 } })).toMatchObject({ fate: 's0 passed, clean', measured: 1 })
  })
})

describe('a rule about the own history', () => {
  const asked = [{ metric: 'score', last: 3 }]
  const rule = (more: object = {}): Partial<Plan> => ({ thresholds: [{ metric: 'score', ownHistory: { last: 3, lower: '-10%', ...more } }] })
  const past = (values: number): Partial<Plan> => ({ past: { asked, servers: { s0: [[80, values]] } } })

  test('holds by what the plan has of the past', async () => {
    expect(await judged({ metrics: [72], plan: { ...rule(), ...past(3) } })).toMatchObject({ fate: 's0 passed, clean', message: ['passed'] })
    expect(await judged({ metrics: [71], plan: { ...rule(), ...past(3) } })).toMatchObject({ fate: 's0 failed at check: PerformanceError, marked, installed', message: ['score 71 is below 72, by 1 (thresholds[0]: own last 3, lower -10%)'] })
  })

  test('passes with too little of it, and is told', async () => {
    for (const plan of [{ ...rule(), ...past(2) }, rule()]) {
      const { fate, checks, exitCode } = await judged({ metrics: [1], plan })
      expect({ fate, exitCode, checks }).toMatchObject({ fate: 's0 passed, clean', exitCode: 0, checks: [{ warnings: [{ metric: 'score', value: 1, past: { values: 'past' in plan ? 2 : 0, last: 3 } }] }] })
    }
  })

  test('fails unmarked with too little of it where it is required, unless it only warns', async () => {
    const message = 'score 80 is not judged: the history has 2 values of this server, and the rule needs 3 (thresholds[0]: own last 3, lower -10%)'
    const plan = { ...rule({ required: true }), ...past(2) }
    expect(await judged({ metrics: [80], plan })).toMatchObject({ fate: 's0 failed at check: MeasurementError, installed', message: [message] })
    expect(await judged({ metrics: [80], plan: { ...plan, thresholds: [{ ...plan.thresholds![0]!, severity: 'warn' }] } })).toMatchObject({ fate: 's0 passed, clean', checks: [{ warnings: [{ past: { values: 2, last: 3 } }] }] })
  })

  test('is measured once more like any other', async () => {
    expect(await judged({ metrics: [70, 75], plan: { ...rule(), ...past(3), retest: 1 } })).toMatchObject({ fate: 's0 passed, clean', measured: 2 })
  })
})

describe('nobody knows how good a server is', () => {
  const unmeasured = 's0 failed at check: MeasurementError, installed'

  test('if a metric that a rule asks for was not measured', async () => {
    expect(await judged({ metrics: [{ score: 80 }], plan: { thresholds: [{ metric: 'score', min: 50 }, { metric: 'iops', min: 1, where: { model: '*' } }] }, labels: { model: 'x' } })).toMatchObject({
      fate: unmeasured,
      message: ['iops was not measured (thresholds[1]: model=*)'],
    })
  })

  test('if no rule is about it, unless that is said to pass', async () => {
    const plan: Partial<Plan> = { thresholds: [{ metric: 'score', min: 50, where: { model: 'R640' } }] }
    expect(await judged({ metrics: [80], plan, labels: { model: 'R750', rack: 'b1' } })).toMatchObject({ fate: unmeasured, message: ['no threshold is about this server (model=R750, rack=b1): add a rule for it, or say unmatched: pass'] })
    expect(await judged({ metrics: [80], plan })).toMatchObject({ message: ['no threshold is about this server (it has no labels): add a rule for it, or say unmatched: pass'] })
    expect(await judged({ metrics: [80], plan: { ...plan, unmatched: 'pass' } })).toMatchObject({ fate: 's0 passed, clean' })
  })

  test('but without any rule nothing is asked', async () => {
    expect(await judged({ metrics: [1], plan: { thresholds: [] } })).toMatchObject({ fate: 's0 passed, clean' })
  })

  test('and it is not measured once more for that', async () => {
    expect(await judged({ metrics: [{ other: 1 }], plan: { retest: 1 } })).toMatchObject({ fate: unmeasured, measured: 1 })
  })
})

describe('a server that misses a threshold', () => {
  test('is measured once more on the same install, and fails only if it misses again', async () => {
    const { fate, checks, exitCode, state } = await judged({ metrics: [20, 80], plan: { retest: 1 } })
    expect({ fate, exitCode }).toEqual({ fate: 's0 passed, clean', exitCode: 0 })
    expect(checks).toMatchObject([{ round: 1, status: 'failed', retest: true }, { round: 2, status: 'passed' }])
    expect([...state.servers.values()][0]?.rounds.map(({ benchmark }) => benchmark)).toMatchObject([{ metrics: { score: 20 } }, { metrics: { score: 80 } }])
    const missed = await judged({ metrics: [20, 30], plan: { retest: 1 } })
    expect(missed).toMatchObject({ fate: 's0 failed at check: PerformanceError, marked, installed', measured: 2, message: ['score 20 is below 50, by 30', 'score 30 is below 50, by 20'] })
    expect(missed.checks[1]).not.toHaveProperty('retest')
  })

  test('is measured as often as the plan says, and no longer than needed', async () => {
    expect(await judged({ metrics: [20, 20, 80, 80], plan: { retest: 3 } })).toMatchObject({ fate: 's0 passed, clean', measured: 3 })
    expect(await judged({ metrics: [20], plan: { retest: 0 } })).toMatchObject({ measured: 1, fate: 's0 failed at check: PerformanceError, marked, installed' })
  })
})
