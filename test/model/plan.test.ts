import { expect, test } from 'vitest'
import { overridesSchema, planSchema, reserveFor } from '../../src/model/plan.ts'
import { planFor } from '../fixtures/rehearsal.ts'

const minute = 60_000

test.each([
  ['a fifth of the deadline', { deadlineMs: 50 * minute }, 10 * minute],
  ['at most 30 minutes', { deadlineMs: 180 * minute }, 30 * minute],
  ['what the plan says', { deadlineMs: 180 * minute, wipeReserveMs: 45 * minute }, 45 * minute],
  ['nothing, if the plan says so', { deadlineMs: 180 * minute, wipeReserveMs: 0 }, 0],
  ['nothing without a deadline', {}, 0],
])('of the deadline, %s is kept for wiping', (_what, plan, ms) => {
  expect(reserveFor(plan)).toBe(ms)
})

test('a plan is read back from JSON as it is', () => {
  const plan = planFor(2, { deadlineMs: 1000, provisioner: { type: 'http', settings: { token: '${TOKEN}', nested: { list: [1, null, true] } } } })
  expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
})

test.each([
  ['no servers', { servers: [] }],
  ['no worker', { concurrency: 0 }],
  ['a part of a worker', { concurrency: 1.5 }],
  ['a limit below nothing', { graceMs: -1 }],
  ['an unknown policy', { destroy: 'sometimes' }],
])('a plan with %s is refused', (_what, parts) => {
  expect(planSchema.safeParse({ ...planFor(1), ...parts }).success).toBe(false)
})

test('a resumed run may be given concurrency, budget, patience and deadline anew, and nothing else', () => {
  const given = { concurrency: 2, maxBroken: { count: 1 }, maxOutageMs: 5, deadlineMs: 9 }
  expect(overridesSchema.parse({ ...given, destroy: 'never' })).toEqual(given)
})
