import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { configure } from '../../src/config/configure.ts'
import { variableOf, flagNames } from '../../src/config/settings.ts'
import { planSchema } from '../../src/model/plan.ts'
import { UsageError } from '../../src/model/problem.ts'
import { configured, problemsOf } from './in-folder.ts'

const file = 'rackbench.config.yaml'

test('what is not said is as the manual says', async () => {
  expect(await configured({ servers: ['101'] })).toEqual({
    plan: {
      servers: [{ id: '101', labels: {} }],
      provisioner: { type: 'simulated', settings: {} },
      os: 'debian-12',
      thresholds: [{ metric: 'score', min: 50 }],
      concurrency: 15,
      destroy: 'passing',
      markBroken: true,
      maxBroken: 'default',
      maxAlike: 5,
      retries: 2,
      maxOutageMs: 5 * 60_000,
      limitsMs: { install: 60 * 60_000, benchmark: 4 * 3_600_000, destroy: 2 * 3_600_000, mark: 2 * 60_000 },
      graceMs: 10_000,
      suite: 'rackbench',
      attach: 'failed',
      logLevel: 'info',
      logFormat: 'text',
      flags: [],
    },
    out: '<cwd>/rackbench-out',
    replace: false,
    force: false,
    dryRun: false,
    order: 'given',
    progress: 'auto',
    notes: ['no provisioner given: the simulated rack is used, no real machine is touched'],
  })
})

test('flags win over the environment, and that over the file', async () => {
  const files = { [file]: 'concurrency: 1\nretries: 1\nos: one\nthreshold: 1\nout: one' }
  const env = { RACKBENCH_CONCURRENCY: '2', RACKBENCH_RETRIES: '2', RACKBENCH_THRESHOLD: '2', RACKBENCH_OUT: 'two', RACKBENCH_GRACE: '', RACKBENCH_MARK_BROKEN: 'false' }
  const { plan, out } = await configured({ files, env, flags: { concurrency: '3', threshold: '-3', out: '/three' } })
  expect(plan).toMatchObject({ concurrency: 3, retries: 2, os: 'one', thresholds: [{ metric: 'score', min: -3 }], markBroken: false, graceMs: 10_000 })
  expect(out).toBe('/three')
})

test('every setting of the command line reaches the plan', async () => {
  const flags = {
    os: 'o', concurrency: '2', destroy: 'never', 'mark-broken': false, 'max-broken': '7', 'max-alike': '3', retries: '0', 'max-outage': '1m', grace: '0s',
    'timeout-install': '1m', 'timeout-benchmark': '2m', 'timeout-destroy': '3m', 'timeout-mark': '4m', deadline: '1h', 'wipe-reserve': '0s', shard: '1/1', suite: 's',
    attach: 'none', out: 'o', replace: true, force: true, 'log-level': 'error', 'log-format': 'json', progress: 'none', 'dry-run': true,
  }
  expect(await configured({ flags })).toMatchObject({
    plan: {
      os: 'o', concurrency: 2, destroy: 'never', markBroken: false, maxBroken: { count: 7 }, maxAlike: 3, retries: 0, maxOutageMs: 60_000, graceMs: 0,
      limitsMs: { install: 60_000, benchmark: 120_000, destroy: 180_000, mark: 240_000 }, deadlineMs: 3_600_000, wipeReserveMs: 0, suite: 's-1',
      attach: 'none', logLevel: 'error', logFormat: 'json',
    },
    out: '<cwd>/o', replace: true, force: true, dryRun: true, progress: 'none',
  })
})

test('a gate is made of the ports of one source each, and holds only if there are any', async () => {
  const files = { [file]: 'gateOpen: [22, "80 22"]\ntimeouts: { gate: 500ms }' }
  expect((await configured({ files, flags: { 'gate-closed': '443\n8443' } })).plan.gate).toEqual({ open: [22, 80], closed: [443, 8443], limitMs: 500 })
  expect((await configured({ files, env: { RACKBENCH_GATE_OPEN: '2222' } })).plan.gate).toEqual({ open: [2222], closed: [], limitMs: 500 })
  expect((await configured({ files: { [file]: 'timeouts: { gate: 5s }' } })).plan).not.toHaveProperty('gate')
  expect(await problemsOf({ files, flags: { 'gate-closed': '443\n80' } })).toEqual([`${file}: gateOpen and --gate-closed: port 80 cannot both answer and be refused`])
  expect(await problemsOf({ flags: { 'gate-open': '22\nssh', 'gate-closed': '65536' } })).toEqual([
    '--gate-open: expected ports from 1 to 65535, like 22 or 22,443, got "22\\nssh"',
    '--gate-closed: expected ports from 1 to 65535, like 22 or 22,443, got "65536"',
  ])
})

test('a server has the address that the simulation gives it', async () => {
  const simulation = 'servers: { "101": { address: 10.0.0.14, labels: { model: r640 } }, "102": null }'
  const told = { files: { 'rack.yaml': simulation }, flags: { simulation: 'rack.yaml' }, servers: ['101-103'] }
  expect((await configured(told)).plan.servers).toEqual([{ id: '101', address: '10.0.0.14', labels: {} }, { id: '102', labels: {} }, { id: '103', labels: {} }])
})

test('a fault is told of every source, also of one that is overridden', async () => {
  const problems = await problemsOf({
    files: { [file]: 'concurrency: 1.5\nmaxBroken: lots\nprovisioner: nobody' },
    env: { RACKBENCH_CONCURRENCY: '0', RACKBENCH_MARK_BROKEN: 'no' },
    flags: { concurrency: '1001', threshold: '', provisioner: 'simulated' },
    servers: ['', '3-1'],
  })
  expect(problems).toEqual([
    '--threshold: expected a number, got ""',
    '--concurrency: expected a whole number of at most 1000, got "1001"',
    'RACKBENCH_CONCURRENCY: expected a whole number of at least 1, got "0"',
    'RACKBENCH_MARK_BROKEN: expected true or false, got "no"',
    `${file}: concurrency: expected a whole number of at least 1, got 1.5`,
    `${file}: maxBroken: expected a number of servers, or a share of them from 0% to 100%, got "lots"`,
    `${file}: provisioner: expected simulated | http | command | ironic, or the path of a module, got "nobody"`,
    'an empty server argument: is the Jenkins parameter SERVERS set?',
    '"3-1": the range runs backwards, from 3 to 1',
  ])
})

test('a threshold that is asked for replaces those on the score, and leaves alone those on other metrics', async () => {
  const files = { [file]: 'thresholds: [{metric: cpu, min: 900}, {metric: score, min: 10, max: 90}, {metric: disk, max: 3, unit: ms}]' }
  const rest = [{ metric: 'cpu', min: 900 }, { metric: 'disk', max: 3, unit: 'ms' }]
  expect((await configured({ files })).plan.thresholds).toEqual([rest[0], { metric: 'score', min: 10, max: 90 }, rest[1]])
  expect((await configured({ files, flags: { threshold: '60' } })).plan.thresholds).toEqual([{ metric: 'score', min: 60 }, ...rest])
  expect((await configured({ files: { [file]: 'thresholds: []' } })).plan.thresholds).toEqual([])
})

test('second measurements and unmatched servers are in the plan where they are not as usual', async () => {
  expect((await configured({ files: { [file]: 'retest: 2\nunmatched: pass' } })).plan).toMatchObject({ retest: 2, unmatched: 'pass' })
  expect((await configured({ files: { [file]: 'retest: 2\nunmatched: pass' }, flags: { retest: '0', unmatched: 'fail' } })).plan).not.toHaveProperty('retest')
  expect(await problemsOf({ flags: { retest: '11', unmatched: 'skip' } })).toEqual(['--unmatched: expected fail | pass, got "skip"', '--retest: expected a whole number of at most 10, got "11"'])
})

test('a deadline must leave time beside what is kept for wiping', async () => {
  expect(await problemsOf({ flags: { deadline: '30m' }, files: { [file]: 'wipeReserve: 30m' } })).toEqual([
    `--deadline: expected more than the 30m of ${file}: wipeReserve, got "30m"`,
  ])
  expect((await configured({ flags: { deadline: '31m', 'wipe-reserve': '30m' } })).plan).toMatchObject({ deadlineMs: 1_860_000, wipeReserveMs: 1_800_000 })
  expect((await configured({ flags: { 'wipe-reserve': '30m' } })).plan).not.toHaveProperty('deadlineMs')
})

test('text that would hide or break a line is written out in problems', async () => {
  expect(await problemsOf({ flags: { 'failed-in': 'a\nb\u009B31m' }, servers: ['\u202Eexe'] })).toEqual([
    '"\\u{202e}exe" is not a server ID: an ID is a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all',
    '--failed-in: a\\u{a}b\\u{9b}31m: no such file',
  ])
})

/** Whether a journal gives the same plan back. */
function isWhole(plan: unknown): boolean {
  return isDeepStrictEqual(planSchema.parse(JSON.parse(JSON.stringify(plan))), plan)
}

function isWellPut(error: Error): boolean {
  return error instanceof UsageError && error.problems.length > 0 && error.problems.every((problem) => /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u.test(problem))
}

test('whatever is given makes a plan that can be journalled, or problems of one line each', async () => {
  const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('1', '0', '5m', '10%', '1/2', 'always', 'true', 'all', 'plain', 'simulated', 'debug'))
  const flags = fc.dictionary(fc.constantFrom(...flagNames), value, { maxKeys: 4 })
  const env = fc.dictionary(fc.constantFrom(...flagNames.map(variableOf)), value, { maxKeys: 3 })
  const servers = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('1-20', 'a', 'b')), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(flags, env, servers, async (given, variables, args) => {
      const configuring = configure({ servers: args, flags: given, env: variables, cwd: '/nowhere', readStdin: async () => 'x' })
      expect(await configuring.then(({ plan }) => plan, (error: unknown) => error)).toSatisfy((made) => (made instanceof Error ? isWellPut(made) : isWhole(made)))
    }),
    { numRuns: 300 },
  )
})

test('standard input is asked for only where - is among the servers', async () => {
  const readStdin = async () => '7 8 # two\n'
  const never = async () => Promise.reject(new Error('nobody asked'))
  expect((await configured({ servers: ['-', '9'], readStdin })).plan.servers.map(({ id }) => id)).toEqual(['7', '8', '9'])
  expect((await configured({ servers: ['9'], readStdin: never })).plan.servers.map(({ id }) => id)).toEqual(['9'])
})

test('what was wrong with the command line, and what the provisioner finds wrong with its settings, are told with the rest', async () => {
  const told = {
    flags: { concurrency: '0' },
    problems: ['unknown option --xyzzy'],
    checkProvisioner: async ({ type }: { readonly type: string }) => [`${type}: a bad setting`, 'and\nanother'],
  }
  expect(await problemsOf(told)).toEqual([
    'unknown option --xyzzy',
    '--concurrency: expected a whole number of at least 1, got "0"',
    'simulated: a bad setting',
    String.raw`and\u{a}another`,
  ])
})
