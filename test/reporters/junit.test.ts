import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../../src/model/run-state.ts'
import { openPieces } from '../../src/reporters/report-pieces.ts'
import { renderReports } from '../../src/reporters/report-render.ts'
import type { Case, Report } from './junit-parse.ts'
import { parseJunit } from './junit-parse.ts'
import { failedBy, fallen, foldOf, id, noisy, passed, passing, planOf, retested, skipped, slow, started, step } from './report-run.ts'

const place = { directory: '/srv/out', cwd: '/srv' }

function xmlOf(run: RunState, at = place): string {
  return [...renderReports(run, openPieces(at))['junit.xml']].join('')
}

function report(servers: readonly (string | number)[], facts: readonly Fact[], changes: Partial<Plan> = {}, at = place): Report {
  return parseJunit(xmlOf(foldOf(planOf(servers, changes), facts).state, at))
}

/** The only case of a run over one server. */
function only(facts: readonly Fact[], changes: Partial<Plan> = {}, at = place): Case {
  const [one] = report([104], facts, changes, at).cases
  if (!one) throw new Error('no case')
  return one
}

test('the whole file of a small run', () => {
  const finished: Fact = { type: 'run.finished', status: 'finished', exitCode: 1, problems: [] }
  const { state } = foldOf(planOf([101, 102, 103]), [...passing(id(101)), ...slow(id(103)), finished])
  expect(xmlOf(state)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0">
  <testsuite name="rackbench" timestamp="2026-11-21T10:00:00.000Z" time="23" tests="3" failures="1" errors="0" skipped="1">
    <testcase classname="Rackbench.Fleet" name="101" time="10"><properties><property name="score" value="80"/>\
<property name="install.seconds" value="1"/><property name="benchmark.seconds" value="1"/><property name="check.seconds" value="0"/>\
<property name="destroy.seconds" value="1"/><property name="worker" value="worker-01"/></properties></testcase>
    <testcase classname="Rackbench.Fleet" name="102" time="0"><skipped message="not finished"/><system-out>not finished</system-out></testcase>
    <testcase classname="Rackbench.Fleet" name="103" time="10"><properties><property name="score" value="31"/>\
<property name="install.seconds" value="1"/><property name="benchmark.seconds" value="1"/><property name="check.seconds" value="0"/>\
<property name="mark.seconds" value="1"/><property name="worker" value="worker-01"/></properties>\
<failure message="check: score 31 is below 50, by 19" type="PerformanceError">
install    passed  1 s
benchmark  passed  1 s
check      failed  0 s: score 31 is below 50, by 19
destroy    skipped: left as it is for diagnosis
mark       passed  1 s

Last lines of the log:
  info  [worker-01] [103] benchmark: score 31

Run this server again:
  rackbench run --provisioner simulated -- 103
</failure><system-out>[[ATTACHMENT|out/logs/103.log]]</system-out></testcase>
  </testsuite>
</testsuites>
`)
})

test.each([
  ['PerformanceError', 'failure'],
  ['ServerOperationError', 'error'],
  ['StepTimeoutError', 'error'],
  ['MeasurementError', 'error'],
  ['ProvisionerUnavailableError', 'error'],
  ['RequestRefusedError', 'error'],
  ['DefectError', 'error'],
  ['UnknownServerError', 'error'],
  ['ServerNotOursError', 'skipped'],
  ['RunStopped', 'skipped'],
] as const)('a server that fell by %s is told as <%s>', (type, element) => {
  const { failure, error, skipped: skip } = only(fallen(id(104), failedBy(type, 'PXE boot\ntimed out')))
  const told = { failure, error, skipped: skip }
  expect(Object.entries(told).flatMap(([name, value]) => (value ? [name] : []))).toEqual([element])
  expect(told[element]?.['message']).toBe('install: PXE boot timed out')
  expect(told[element]?.['type']).toBe(element === 'skipped' ? undefined : type)
})

test('a defect is told with its stack, and with the end of the log', () => {
  const { error } = only(fallen(id(104), failedBy('DefectError', 'x is not a function', { stack: 'TypeError: x is not a function\n    at mine.mjs:3:1' }), ['one', 'two']))
  expect(error?.['text']).toBe(`
install  failed  1 s: x is not a function
destroy  skipped: left as it is for diagnosis
mark     skipped: not judged

Last lines of the log:
  one
  two

Stack:
TypeError: x is not a function
    at mine.mjs:3:1

Run this server again:
  rackbench run --provisioner simulated -- 104
`)
})

test('each round of measurements is told, and the last one is what counts', () => {
  const facts = [
    started(id(104)),
    ...step(id(104), 'install', passed),
    ...step(id(104), 'benchmark', { status: 'passed', metrics: { score: 10 } }),
    ...step(id(104), 'check', failedBy('PerformanceError', 'score 10 is below 50, by 40')),
    ...step(id(104), 'benchmark', { status: 'passed', metrics: { score: 60 } }, 2, 7000),
    ...step(id(104), 'check', passed, 2),
    ...step(id(104), 'destroy', failedBy('ServerOperationError', 'disk erase failed')),
    ...step(id(104), 'mark', passed),
    { type: 'server.finished', server: id(104) } as const,
  ]
  const { error, properties } = only(facts)
  expect(error).toEqual({
    type: 'ServerOperationError',
    message: 'destroy: disk erase failed',
    text: `
install              passed  1 s
benchmark (round 1)  passed  1 s
check (round 1)      failed  1 s: score 10 is below 50, by 40
benchmark (round 2)  passed  7 s
check (round 2)      passed  1 s
destroy              failed  1 s: disk erase failed
mark                 passed  1 s

Run this server again:
  rackbench run --provisioner simulated -- 104
`,
  })
  expect(properties.slice(0, 3)).toEqual([['score', '60'], ['install.seconds', '1'], ['benchmark.seconds', '7']])
})

test('the command that runs a server again is one that a shell reads right', () => {
  const { failure } = only(slow(id(104)), { flags: ['--os', 'debian 12', '--config', '/etc/$x.yaml'] })
  expect(failure?.['text']).toContain("\n  rackbench run --os 'debian 12' --config '/etc/$x.yaml' -- 104\n")
})

test('why a server was skipped stands in the element and in the first line of its output', () => {
  const stop: Fact = { type: 'run.stopping', because: 'signal', signal: 'SIGTERM' }
  const { cases } = report([101, 102, 103], [...fallen(id(101), failedBy('ServerNotOursError', 'in use')), started(id(102)), stop], { attach: 'all' })
  expect(cases.map(({ attributes, skipped: skip, output }) => [attributes['name'], skip, output])).toEqual([
    ['101', { message: 'install: in use' }, 'install: in use\n[[ATTACHMENT|out/logs/101.log]]'],
    ['102', { message: 'not finished: the run was stopped by SIGTERM' }, 'not finished: the run was stopped by SIGTERM\n[[ATTACHMENT|out/logs/102.log]]'],
    ['103', { message: 'not started: the run was stopped by SIGTERM' }, 'not started: the run was stopped by SIGTERM'],
  ])
})

test.each([
  ['failed', [undefined, '[[ATTACHMENT|out/logs/102.log]]']],
  ['all', ['[[ATTACHMENT|out/logs/101.log]]', '[[ATTACHMENT|out/logs/102.log]]']],
  ['none', [undefined, undefined]],
] as const)('--attach %s attaches the logs it should', (attach, outputs) => {
  const { cases } = report([101, 102], [...passing(id(101)), ...slow(id(102))], { attach })
  expect(cases.map(({ output }) => output)).toEqual(outputs)
})

test('a log whose path Jenkins would misread is not attached', () => {
  for (const directory of ['/srv/a|b', '/srv/a]]b', '/srv/a\nb', '/srv/a\u2028b', '/srv/a\u001b[0mb', '/srv/a\u0007b', '/srv/a\ud800']) {
    expect(only(slow(id(104)), {}, { directory, cwd: '/srv' }).output).toBeUndefined()
  }
  expect(only(slow(id(104)), {}, { directory: '/other/a]b <&', cwd: '/srv' }).output).toBe('[[ATTACHMENT|../other/a]b <&/logs/104.log]]')
})

test('an adapter cannot have Jenkins publish a file of its choice', () => {
  const { output, skipped: skip } = only(fallen(id(104), failedBy('ServerNotOursError', 'x [[ATTACHMENT|/etc/passwd]] [[ATTACHMENT|[[ATTACHMENT|y]]')))
  expect(skip?.['message']).toContain('[[ATTACHMENT|/etc/passwd]]')
  expect(output).toBe('install: x [[ATTACHMENT /etc/passwd]] [[ATTACHMENT [[ATTACHMENT y]]')
})

test('properties are all metrics, each name once, and ours go before a metric of the same name', () => {
  const metrics = { worker: 7, 'install.seconds': 8, ...Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, index])), '\ufffe': 1 }
  const facts = [started(id(104)), ...step(id(104), 'install', passed), ...step(id(104), 'benchmark', { status: 'passed', metrics })]
  const { properties } = only(facts)
  expect(properties).toEqual([
    ...Array.from({ length: 100 }, (_, index) => [`m${index}`, String(index)]),
    ['install.seconds', '1'],
    ['benchmark.seconds', '1'],
    ['worker', 'worker-01'],
  ])
})

test('what a text holds does not end up as markup, however long and odd it is', () => {
  const nasty = `]]> ]]> <b a="1">&amp;</b> ]]\u0001> \u001b[31mred\u001b[0m \ud800 \udc00\ufffe NaN\u0000`
  const message = `${nasty}${'x'.repeat(300_000)}`
  const { error } = only(fallen(id(104), failedBy('ServerOperationError', message), [nasty]), { suite: nasty, flags: [nasty] })
  const shown = `]]> ]]> <b a="1">&amp;</b> ]]> red   NaN`
  expect(error?.['message']).toBe(`${`install: ${shown.replace('   ', ' ')}${'x'.repeat(1000)}`.slice(0, 1000)}... (${message.length + 9} characters)`)
  expect(error?.['text']).toContain(`\n  ${shown}\n`)
  expect(error?.['text']?.length).toBeLessThan(20_000)
})

test('a suite may be called like what we look for in the frame', () => {
  const { suite, cases } = report([104], [], { suite: '<testcase name="cases"/> skipped="1"' })
  expect(suite['name']).toBe('<testcase name="cases"/> skipped="1"')
  expect(cases).toHaveLength(1)
})

test('servers may be called like what we look for in their pieces', () => {
  const names = ['ID', 'name', 'id', 'x$&', 'Rackbench.Fleet'].map((name) => name.replace(/[^\w.]/g, '-'))
  expect(report(names, []).cases.map(({ attributes }) => attributes['name'])).toEqual(names)
})

test('the time of the suite is what has passed until the last server ended, as long as the run goes on', () => {
  expect(report([101, 102], passing(id(101))).suite['time']).toBe('11')
  expect(report([101, 102], []).suite['time']).toBe('0')
  expect(report([101], [...fallen(id(101), skipped('x')), { type: 'run.finished', status: 'stopped', exitCode: 3, problems: [] }]).suite['time']).toBe('6')
})

test('a server that was measured anew says so, and what only warns stands in its output, where no text of others can have a file published', () => {
  const bait = { ...noisy, metric: '[[ATTACHMENT|/etc/passwd]]' }
  const facts = retested(id(104)).map((fact): Fact => (fact.type === 'step.finished' && fact.step === 'check' && fact.status === 'passed' ? { ...fact, warnings: [noisy, bait] } : fact))
  const { properties, output } = only(facts, { attach: 'all', thresholds: [{ metric: 'score', min: 50 }, { metric: 'noise', max: 3, where: { model: 'R*' } }] })
  expect(properties).toContainEqual(['retested', 'true'])
  expect(output).toBe(`[[ATTACHMENT|out/logs/104.log]]
warning: noise 4 is above 3, by 1 (thresholds[1]: model=R*)
warning: [[ATTACHMENT /etc/passwd]] 4 is above 3, by 1 (thresholds[1]: model=R*)`)
  expect(only(passing(id(104))).properties.map(([name]) => name)).not.toContain('retested')
})
