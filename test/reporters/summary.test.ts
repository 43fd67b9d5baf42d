import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import { problemsOf } from '../../src/model/outcome.ts'
import { allColours } from '../../src/reporters/colour.ts'
import { renderSummary } from '../../src/reporters/summary.ts'
import { tell } from '../fixtures/story.ts'
import { failedBy, fallen, foldOf, id, passed, passing, planOf, retested, skipped, slow, started, step } from './report-run.ts'

const rerun = 'rackbench run --provisioner simulated --failed-in rackbench-out/results.json'

function summaryOf(servers: readonly (string | number)[], facts: readonly Fact[], { exitCode = 3, directory = 'rackbench-out' } = {}): string[] {
  const { state } = foldOf(planOf(servers), facts)
  return [...renderSummary(state, { directory, exitCode, problems: problemsOf(state), rerun })]
}

const ended = (exitCode: number): Fact => ({ type: 'run.finished', status: 'finished', exitCode, problems: [] })

test('a run in which all passed says so, and where everything is', () => {
  expect(summaryOf([104, 105], [...passing(id(104)), ...passing(id(105)), ended(0)], { exitCode: 0 })).toEqual([
    '',
    'rackbench run r1: 2 passed, 0 failed, 0 skipped of 2 servers in 23s',
    '',
    'Reports: rackbench-out/junit.xml  rackbench-out/results.json  rackbench-out/failed-servers.txt',
    'Logs:    rackbench-out/run.log  rackbench-out/logs/',
    '',
    'exit code 0',
  ])
})

test('a run in which much went wrong says what failed and why, what to see to, and what to type', () => {
  const install = (result: Parameters<typeof step>[2], server: number): Fact[] => [started(id(server)), ...step(id(server), 'install', result)]
  const facts: Fact[] = [
    ...passing(id(101)),
    ...slow(id(102)),
    ...install(failedBy('ServerOperationError', 'PXE boot\ntimed out \u001b[31m'), 103),
    ...step(id(103), 'destroy', skipped('kept: its mark as broken is withheld')),
    ...step(id(103), 'mark', skipped('withheld: the budget of marks is used up')),
    { type: 'server.finished', server: id(103) },
    ...install(failedBy('ServerOperationError', 'no lease'), 104),
    ...step(id(104), 'mark', failedBy('ProvisionerUnavailableError', 'connect ECONNREFUSED')),
    { type: 'server.finished', server: id(104) },
    ...fallen(id(105), failedBy('ProvisionerUnavailableError', 'connect ECONNREFUSED')),
    ...fallen(id(106), failedBy('ServerNotOursError', 'in use by somebody')),
    ...fallen(id(107), failedBy('ServerNotOursError', 'in use by somebody')),
    ...install(passed, 108),
    ...step(id(108), 'benchmark', failedBy('RunStopped', 'the run was stopped by SIGTERM')),
    ...step(id(108), 'check', skipped('benchmark skipped')),
    { type: 'server.finished', server: id(108) },
    { type: 'run.stopping', because: 'signal', signal: 'SIGTERM' },
  ]
  expect(summaryOf([101, 102, 103, 104, 105, 106, 107, 108, 'node-with-a-long-name'], facts, { exitCode: 143, directory: 'out of night' })).toEqual([
    '',
    'rackbench run r1: 1 passed, 4 failed, 3 skipped, 1 not finished of 9 servers',
    '',
    'Failed (4):',
    '  102  check: score 31 is below 50, by 19 (marked as broken)',
    '  103  install: PXE boot timed out',
    '  104  install: no lease',
    '  105  install: connect ECONNREFUSED (not judged: ProvisionerUnavailableError)',
    '',
    'Skipped (3) and not finished (1):',
    '  2  install: in use by somebody: 106, 107',
    '  1  benchmark: the run was stopped by SIGTERM: 108',
    '  1  not started: the run was stopped by SIGTERM: node-with-a-long-name',
    '',
    'Due to be marked as broken, but withheld (1): 103',
    "  have a look at them, then: rackbench mark 'out of night'",
    'Could not be marked as broken (1): 104',
    "  try again: rackbench resume 'out of night'",
    '',
    'Left as they are, not wiped (3): 102, 103, 105',
    "  when nobody needs them any more: rackbench destroy 'out of night' --all",
    'Not wiped although they should be (2): 104, 108',
    "  wipe them: rackbench destroy 'out of night'",
    '',
    'Not in order:',
    '  - the run was stopped by SIGTERM',
    '  - 1 server was not finished',
    '  - 1 server was not judged',
    '  - 1 server was not marked as broken though due: the mark was withheld',
    '  - 1 server was not marked as broken: the mark failed',
    '',
    'Reports: out of night/junit.xml  out of night/results.json  out of night/failed-servers.txt',
    'Logs:    out of night/run.log  out of night/logs/',
    '',
    'Go on where it ended:',
    "  rackbench resume 'out of night'",
    'Run the failed servers again:',
    `  ${rerun}`,
    '',
    'exit code 143',
  ])
})

test('servers that passed only when they were measured anew, or with warnings, are named', () => {
  const { state } = foldOf(planOf([104, 105], { thresholds: [{ metric: 'score', min: 50 }, { metric: 'noise', max: 3, severity: 'warn' }] }), [...retested(id(104)), ...passing(id(105)), ended(0)])
  expect(renderSummary(state, { directory: 'rackbench-out', exitCode: 0, problems: [], rerun }).slice(2, 7)).toEqual([
    '',
    'Passed only when they were measured anew (1): 104',
    'Passed with warnings (1):',
    '  104  noise 4 is above 3, by 1',
    '',
  ])
})

test('of very many, some are shown and the rest is counted', () => {
  const ids = Array.from({ length: 60 }, (_, index) => 1000 + index)
  const lines = summaryOf(ids, ids.flatMap((server) => slow(id(server))), { directory: 'out/' })
  expect(lines.filter((line) => line.includes('score 31'))).toHaveLength(50)
  expect(lines).toContain('  and 10 more, see out/failed-servers.txt')
  expect(lines.find((line) => line.startsWith('Left as'))).toBe(`Left as they are, not wiped (60): ${ids.slice(0, 20).join(', ')} and 40 more`)
})

test('many reasons for a skip are cut short, the most frequent first', () => {
  const ids = Array.from({ length: 30 }, (_, index) => 1000 + index)
  const facts = ids.flatMap((server, index) => fallen(id(server), failedBy('ServerNotOursError', index < 15 ? 'in use' : `reserved by ${index}`)))
  const lines = summaryOf(ids, facts)
  const at = lines.indexOf('Skipped (30):')
  expect(lines[at + 1]).toBe('  15  install: in use: 1000, 1001, 1002, 1003, 1004 and 10 more')
  expect(lines[at + 11]).toBe('  6  for 6 other reasons')
})

test('a reason is one line of bounded length', () => {
  const lines = summaryOf([104], fallen(id(104), failedBy('ServerOperationError', `a\n${'x'.repeat(300_000)}`)))
  const line = lines.find((text) => text.startsWith('  104'))
  expect(line?.length).toBeLessThan(400)
})

test('at a terminal what failed is red', () => {
  const { state } = foldOf(planOf([104]), slow(id(104)))
  const lines = renderSummary(state, { directory: 'out', exitCode: 1, problems: [], rerun, colours: allColours })
  expect(lines).toContain('  \u001b[31m104\u001b[39m  check: score 31 is below 50, by 19 (marked as broken)')
})

test('a server that could not be wiped by its own fault is named with what wipes it', () => {
  const { state } = tell('taken up, install passed, benchmark passed, check passed, destroy failed, mark passed, finished').fold
  const lines = renderSummary(state, { directory: 'out', exitCode: 1, problems: [], rerun: '' })
  expect(lines.slice(lines.indexOf('Could not be wiped (1): s0')).slice(0, 2)).toEqual(['Could not be wiped (1): s0', '  once they are repaired: rackbench destroy out --all'])
})
