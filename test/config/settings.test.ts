import { expect, test } from 'vitest'
import { flagNames, invocationOnly, keysOf, readEnvironment, readFlags, variableOf } from '../../src/config/settings.ts'

test('every setting has a flag, a variable and, if it is not about one invocation, a place in the file', () => {
  expect(flagNames.map((name) => [name, variableOf(name), invocationOnly.includes(name) ? '-' : keysOf(name).join('.')])).toEqual([
    ['config', 'RACKBENCH_CONFIG', '-'],
    ['provisioner', 'RACKBENCH_PROVISIONER', 'provisioner'],
    ['simulation', 'RACKBENCH_SIMULATION', 'simulation'],
    ['include-broken', 'RACKBENCH_INCLUDE_BROKEN', 'provisioner.includeBroken'],
    ['take-installed', 'RACKBENCH_TAKE_INSTALLED', 'provisioner.takeInstalled'],
    ['os', 'RACKBENCH_OS', 'os'],
    ['threshold', 'RACKBENCH_THRESHOLD', 'threshold'],
    ['unmatched', 'RACKBENCH_UNMATCHED', 'unmatched'],
    ['retest', 'RACKBENCH_RETEST', 'retest'],
    ['gate-open', 'RACKBENCH_GATE_OPEN', 'gateOpen'],
    ['gate-closed', 'RACKBENCH_GATE_CLOSED', 'gateClosed'],
    ['order', 'RACKBENCH_ORDER', 'order'],
    ['concurrency', 'RACKBENCH_CONCURRENCY', 'concurrency'],
    ['destroy', 'RACKBENCH_DESTROY', 'destroy'],
    ['mark-broken', 'RACKBENCH_MARK_BROKEN', 'markBroken'],
    ['max-broken', 'RACKBENCH_MAX_BROKEN', 'maxBroken'],
    ['max-alike', 'RACKBENCH_MAX_ALIKE', 'maxAlike'],
    ['retries', 'RACKBENCH_RETRIES', 'retries'],
    ['max-outage', 'RACKBENCH_MAX_OUTAGE', 'maxOutage'],
    ['timeout-install', 'RACKBENCH_TIMEOUT_INSTALL', 'timeouts.install'],
    ['timeout-benchmark', 'RACKBENCH_TIMEOUT_BENCHMARK', 'timeouts.benchmark'],
    ['timeout-destroy', 'RACKBENCH_TIMEOUT_DESTROY', 'timeouts.destroy'],
    ['timeout-mark', 'RACKBENCH_TIMEOUT_MARK', 'timeouts.mark'],
    ['timeout-gate', 'RACKBENCH_TIMEOUT_GATE', 'timeouts.gate'],
    ['grace', 'RACKBENCH_GRACE', 'grace'],
    ['deadline', 'RACKBENCH_DEADLINE', 'deadline'],
    ['wipe-reserve', 'RACKBENCH_WIPE_RESERVE', 'wipeReserve'],
    ['inventory', 'RACKBENCH_INVENTORY', '-'],
    ['where', 'RACKBENCH_WHERE', '-'],
    ['sample', 'RACKBENCH_SAMPLE', '-'],
    ['sample-seed', 'RACKBENCH_SAMPLE_SEED', '-'],
    ['limit', 'RACKBENCH_LIMIT', '-'],
    ['allow-partial', 'RACKBENCH_ALLOW_PARTIAL', '-'],
    ['max-age', 'RACKBENCH_MAX_AGE', '-'],
    ['stale-ok', 'RACKBENCH_STALE_OK', '-'],
    ['shard', 'RACKBENCH_SHARD', 'shard'],
    ['failed-in', 'RACKBENCH_FAILED_IN', 'failedIn'],
    ['suite', 'RACKBENCH_SUITE', 'suite'],
    ['attach', 'RACKBENCH_ATTACH', 'attach'],
    ['out', 'RACKBENCH_OUT', 'out'],
    ['history', 'RACKBENCH_HISTORY', 'history'],
    ['replace', 'RACKBENCH_REPLACE', '-'],
    ['force', 'RACKBENCH_FORCE', '-'],
    ['log-level', 'RACKBENCH_LOG_LEVEL', 'logLevel'],
    ['log-format', 'RACKBENCH_LOG_FORMAT', 'logFormat'],
    ['progress', 'RACKBENCH_PROGRESS', 'progress'],
    ['dry-run', 'RACKBENCH_DRY_RUN', '-'],
  ])
})

test('a flag is read with its label and folder, and every fault of a layer is told', () => {
  const problems: string[] = []
  const layer = readFlags({ grace: '0s', concurrency: '0', threshold: 'abc', other: 'x', os: undefined }, '/w', (problem) => problems.push(problem))
  expect({ layer, problems }).toEqual({
    layer: { grace: { value: 0, label: '--grace', folder: '/w' } },
    problems: ['--threshold: expected a number, got "abc"', '--concurrency: expected a whole number of at least 1, got "0"'],
  })
})

test('an empty variable counts as unset, and one that is no setting is ignored', () => {
  const problems: string[] = []
  const env = { RACKBENCH_CONCURRENCY: '', RACKBENCH_MARK_BROKEN: 'false', RACKBENCH_SERVER_ID: '7', RACKBENCH_TOKEN: 'x', RACKBENCH_RETRIES: 'many' }
  const layer = readEnvironment(env, '/w', (problem) => problems.push(problem))
  expect({ layer, problems }).toEqual({
    layer: { 'mark-broken': { value: false, label: 'RACKBENCH_MARK_BROKEN', folder: '/w' } },
    problems: ['RACKBENCH_RETRIES: expected a whole number of at least 0, got "many"'],
  })
})
