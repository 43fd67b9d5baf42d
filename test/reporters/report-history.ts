import * as fc from 'fast-check'
import type { Fact, StopCause } from '../../src/model/event.ts'
import { stopCauses } from '../../src/model/event.ts'
import type { Failure } from '../../src/model/fault.ts'
import { faultTypes } from '../../src/model/fault.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { StepResult } from '../../src/model/step.ts'
import { failedBy, id, passed, planOf, skipped, started, step } from './report-run.ts'

const bait = [']]>', ']]>]]>', ']]\u0001>', '<![CDATA[', '&amp;', '\u001b[31m', '\u009b0m', '\ud800', '\udc00', '\u0000', '\ufffe', '\r\n', '[[ATTACHMENT|/etc/passwd]]', '"', '</testcase>', 'ID', 'x']

/** What an adapter may say. */
const anyText = fc.array(fc.oneof(fc.constantFrom(...bait), fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 6 }).map((parts) => parts.join(''))

const metricName = anyText.map((name) => `m${name.replaceAll(/[\ud800-\udfff]/g, '')}`)
const metrics = fc.dictionary(metricName, fc.double({ noNaN: true, noDefaultInfinity: true }), { maxKeys: 4 })

const failing: fc.Arbitrary<StepResult> = fc
  .record({ type: fc.constantFrom(...faultTypes), message: anyText, stack: fc.option(anyText, { nil: undefined }) })
  .map(({ type, message, stack }) => failedBy(type, message, { ...(stack !== undefined && { stack }) } satisfies Partial<Failure>))
const finding = fc.record({ metric: anyText, value: fc.double({ noNaN: true, noDefaultInfinity: true }), unit: anyText, bound: fc.constant({ min: 1 }), by: fc.constant(1), rule: fc.nat(2) })
/** A check may warn, and be followed by another measurement. */
const checkEnding: fc.Arbitrary<StepResult> = fc.record({ warnings: fc.array(finding, { maxLength: 2 }), violations: fc.array(finding, { maxLength: 2 }), isMissed: fc.boolean(), message: anyText }).map(
  ({ warnings, violations, isMissed, message }): StepResult =>
    isMissed ? { status: 'failed', failure: { type: 'PerformanceError', message }, violations, warnings, retest: true } : { status: 'passed', warnings },
)
const ending: fc.Arbitrary<StepResult> = fc.oneof(fc.constant(passed), failing, anyText.map(skipped))

/** What happens to one server: turns, of which each may be cut short anywhere. */
function storyOf(server: ServerId): fc.Arbitrary<Fact[]> {
  const turn = fc.record({
    install: ending,
    rounds: fc.array(fc.record({ metrics, benchmark: ending, check: fc.oneof(ending, checkEnding) }), { maxLength: 2 }),
    destroy: ending,
    mark: ending,
    tail: fc.option(fc.array(anyText, { maxLength: 3 }), { nil: undefined }),
    cutAt: fc.oneof(fc.constant(Infinity), fc.nat(12)),
  })
  return fc.array(turn, { maxLength: 2 }).map((turns) => turns.flatMap(({ install, rounds, destroy, mark, tail, cutAt }, index) => [
    started(server, index + 1),
    ...step(server, 'install', install),
    ...rounds.flatMap(({ metrics: values, benchmark, check }, round) => [
      ...step(server, 'benchmark', benchmark.status === 'passed' ? { ...benchmark, metrics: values } : benchmark, round + 1),
      ...step(server, 'check', check, round + 1),
    ]),
    ...step(server, 'destroy', destroy),
    ...step(server, 'mark', mark),
    { type: 'server.finished', server, ...(tail && { tail }) } satisfies Fact,
  ].slice(0, cutAt)))
}

const runFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ because: fc.constantFrom(...stopCauses), message: anyText })
    .map(({ because, message }: { because: StopCause; message: string }): Fact => ({ type: 'run.stopping', because, message })),
  fc.constant<Fact>({ type: 'run.resumed', build: { number: '2' }, overrides: { concurrency: 3 } }),
  anyText.map((problem): Fact => ({ type: 'run.finished', status: 'stopped', exitCode: 3, problems: [problem] })),
)

export interface History {
  readonly plan: Plan
  readonly facts: readonly Fact[]
}

/** A run over a few servers: their stories, mixed, and what happened to the run as a whole anywhere in between. */
export const anyHistory: fc.Arbitrary<History> = fc
  .record({
    ids: fc.uniqueArray(fc.constantFrom('101', '102', 'ID', 'name', 'web-01.x', 'a_b', '0007'), { minLength: 1, maxLength: 5 }),
    changes: fc.record({ attach: fc.constantFrom('failed', 'all', 'none'), suite: anyText, markBroken: fc.boolean(), flags: fc.array(anyText, { maxLength: 2 }) }),
  })
  .chain(({ ids, changes }) =>
    fc.record({
      plan: fc.constant(planOf(ids, changes)),
      stories: fc.tuple(...ids.map((name) => storyOf(id(name))), fc.array(runFact, { maxLength: 4 })),
      picks: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
    }))
  .map(({ plan, stories, picks }) => ({ plan, facts: mix(stories, picks) }))

/** One list out of many; each keeps its order. */
function mix(stories: readonly (readonly Fact[])[], picks: readonly number[]): Fact[] {
  const left = stories.map((story) => [...story])
  const mixed: Fact[] = []
  for (let turn = 0; ; turn++) {
    const open = left.filter((story) => story.length > 0)
    const next = open[(picks[turn % picks.length] ?? 0) % open.length]?.shift()
    if (!next) return mixed
    mixed.push(next)
  }
}
