import { describe, expect, test } from 'vitest'
import { configured, problemsOf } from './in-folder.ts'

const file = 'rackbench.config.yaml'

describe('the file is found', () => {
  test.each(['rackbench.config.yaml', 'rackbench.config.yml', 'rackbench.config.json'])('as %s', async (name) => {
    expect((await configured({ files: { [name]: '{"os": "from-file"}' } })).plan.os).toBe('from-file')
  })

  test('as a flag or variable names it, the flag first', async () => {
    const files = { 'a/x.yaml': 'os: x', 'y.yaml': 'os: y', [file]: 'os: z' }
    expect((await configured({ files, env: { RACKBENCH_CONFIG: 'y.yaml' } })).plan.os).toBe('y')
    expect((await configured({ files, flags: { config: 'a/x.yaml' }, env: { RACKBENCH_CONFIG: 'y.yaml' } })).plan.os).toBe('x')
  })

  test('but not where two are', async () => {
    expect(await problemsOf({ files: { [file]: '', 'rackbench.config.json': '{}' }, servers: [] })).toEqual([
      'rackbench.config.yaml and rackbench.config.json are both there: keep one of them, or choose with --config',
    ])
  })

  test('and need not be there, or say anything', async () => {
    expect((await configured({})).plan).toEqual((await configured({ files: { [file]: '# nothing yet\n' } })).plan)
  })
})

test('every key is read', async () => {
  const content = `
os: ubuntu-24
threshold: -2.5
concurrency: 4
destroy: always
markBroken: false
maxBroken: 20%
maxAlike: 0
retries: 1
maxOutage: 0s
timeouts: { install: 10m, benchmark: 1h, destroy: 30m, mark: 30s }
grace: 3s
deadline: 3h
wipeReserve: 10m
suite: nightly
attach: all
out: results
logLevel: debug
logFormat: json
progress: plain
servers: [0101, 7-8]
provisioner: { type: simulated, seed: 1 }
simulation: { strict: false }
`
  expect(await configured({ files: { [file]: content }, servers: [] })).toEqual({
    plan: {
      servers: ['0101', '7', '8'].map((id) => ({ id, labels: {} })),
      provisioner: { type: 'simulated', settings: { seed: 1, simulation: { strict: false } } },
      os: 'ubuntu-24',
      thresholds: [{ metric: 'score', min: -2.5 }],
      concurrency: 4,
      destroy: 'always',
      markBroken: false,
      maxBroken: { percent: 20 },
      maxAlike: 0,
      retries: 1,
      maxOutageMs: 0,
      limitsMs: { install: 600_000, benchmark: 3_600_000, destroy: 1_800_000, mark: 30_000 },
      graceMs: 3000,
      deadlineMs: 10_800_000,
      wipeReserveMs: 600_000,
      suite: 'nightly',
      attach: 'all',
      logLevel: 'debug',
      logFormat: 'json',
      flags: [],
    },
    out: '<cwd>/results',
    replace: false,
    force: false,
    dryRun: false,
    order: 'given',
    progress: 'plain',
    notes: [],
  })
})

test('servers may be one text', async () => {
  const { plan } = await configured({ files: { [file]: 'servers: 1-2 b' }, servers: [] })
  expect(plan.servers.map(({ id }) => id)).toEqual(['1', '2', 'b'])
})

test('every fault of a file is told at once, with its path', async () => {
  const content = `
concurency: 3
max-broken: 5
timeoutInstall: 5m
"a b": 1
dryRun: true
timeouts: { install: 60, benchmrk: 3h, mark: soon }
retries: many
os: 12
thresholds:
  - { metric: cpu, min: 1 }
  - { metric: disk }
  - { metric: score, min: fast, mim: 3 }
threshold: 3
servers: [1-3, [4]]
provisioner: { typ: simulated }
maxAlike: null
`
  expect(await problemsOf({ files: { [file]: content } })).toEqual(
    [
      'unknown key "concurency"; did you mean concurrency?',
      'unknown key "max-broken"; did you mean maxBroken?',
      'unknown key "timeoutInstall"; did you mean timeouts.install?',
      'unknown key "a b"',
      'dryRun is not for the file: use --dry-run',
      'timeouts: unknown key "benchmrk"; did you mean benchmark?',
      'provisioner.type: expected an object with a type, got {"typ":"simulated"}',
      'os: expected a text of one line, got 12',
      'maxAlike: expected a whole number of at least 0, got null',
      'retries: expected a whole number of at least 0, got "many"',
      'timeouts.install: expected a duration (write 90s, 45m or 2h), got 60',
      'timeouts.mark: expected a duration (write 90s, 45m or 2h), got "soon"',
      'threshold and thresholds are both there: keep one of them',
      'thresholds[1]: needs a min or a max, or a reference with lower or upper, or ownHistory, got {"metric":"disk"}',
      'thresholds[2].min: expected a number, got "fast"',
      'thresholds[2]: unknown key "mim"; did you mean min?',
      'servers: expected server IDs and ranges, got ["1-3",["4"]]',
    ].map((problem) => `${file}: ${problem}`),
  )
})

test('a file that says nothing that can be understood is the one problem: what is missing may stand in it', async () => {
  const problemOf = (content: string) => problemsOf({ files: { [file]: content }, servers: [] })
  expect(await problemOf('a: [1\nb: 2')).toEqual([`${file}: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]`])
  expect(await problemOf('- a')).toEqual([`${file}: expected an object of settings, got ["a"]`])
  expect(await problemsOf({ flags: { config: 'none.yaml' }, servers: [] })).toEqual(['--config: none.yaml: no such file'])
  expect(await problemsOf({ files: { [`${file}/x`]: '' }, servers: [] })).toEqual([`${file}: is a directory, not a file`])
})

test('timeouts that are no object are told', async () => {
  expect(await problemsOf({ files: { [file]: 'timeouts: 5m' } })).toEqual([`${file}: timeouts: expected an object of install, benchmark, destroy, mark, gate, got "5m"`])
})

test('${NAME} outside the settings of a provisioner is told, and what to use instead', async () => {
  const content = [
    'os: ${IMAGE}',
    'timeouts: {install: "${T}"}',
    'servers: ["a", "${S}"]',
    'thresholds: [{metric: "${M}", min: 1}]',
    'simulation: {x: ["${X}${Y}"]}',
    'provisioner: {type: "${P}", token: "${TOKEN}"}',
  ].join('\n')
  expect(await problemsOf({ files: { [file]: content }, env: { TOKEN: 'abcdefg' } })).toEqual(
    [
      'provisioner.type: ${P} is only replaced inside the settings of provisioner, benchmark and inventory; use RACKBENCH_PROVISIONER',
      'simulation.x[0]: ${X} is only replaced inside the settings of provisioner, benchmark and inventory; use RACKBENCH_SIMULATION',
      'simulation.x[0]: ${Y} is only replaced inside the settings of provisioner, benchmark and inventory; use RACKBENCH_SIMULATION',
      'os: ${IMAGE} is only replaced inside the settings of provisioner, benchmark and inventory; use RACKBENCH_OS',
      'timeouts.install: ${T} is only replaced inside the settings of provisioner, benchmark and inventory; use RACKBENCH_TIMEOUT_INSTALL',
      'thresholds[0].metric: ${M} is only replaced inside the settings of provisioner, benchmark and inventory',
      'servers[1]: ${S} is only replaced inside the settings of provisioner, benchmark and inventory',
    ].map((problem) => `${file}: ${problem}`),
  )
})

test('a provisioner may be just its name', async () => {
  expect((await configured({ files: { [file]: 'provisioner: simulated' } })).plan.provisioner).toEqual({ type: 'simulated', settings: {} })
  expect(await problemsOf({ files: { [file]: 'provisioner: "${P}"' } })).toEqual([
    `${file}: provisioner: \${P} is only replaced inside the settings of provisioner, benchmark and inventory; use RACKBENCH_PROVISIONER`,
  ])
})

test('of two rules about the same metric and servers the second is refused, however its labels are ordered', async () => {
  const content = `thresholds:
  - { metric: a, min: 1 }
  - { metric: b, min: 1, where: { model: R640, rack: b1 } }
  - { metric: a, max: 5 }
  - { metric: b, reference: 5, lower: -5%, where: { rack: b1, model: R640 } }
  - { metric: b, min: 1, where: { model: R640 }, wher: 1 }
`
  const twice = content.replace(', wher: 1', '')
  const about = (index: number, earlier: number): string => `rackbench.config.yaml: thresholds[${index}]: is about the same metric and servers as thresholds[${earlier}], which stands before it: make one rule of both`
  expect(await problemsOf({ files: { [file]: twice } })).toEqual([about(2, 0), about(3, 1)])
  expect(await problemsOf({ files: { [file]: content } })).toEqual(['rackbench.config.yaml: thresholds[4]: unknown key "wher"; did you mean where?'])
})

test('a key of a rule that stands in the wrong place is told where it belongs', async () => {
  const content = `thresholds:
  - { metric: cpu, ownHistory: { last: 5, lower: -5% }, required: false }
  - { metric: disk, ownHistory: { last: 5, lower: -5%, severity: warn, requird: true } }
`
  expect(await problemsOf({ files: { [file]: content } })).toEqual([
    'thresholds[0]: unknown key "required"; it belongs into ownHistory',
    'thresholds[1].ownHistory: unknown key "severity"; it belongs beside ownHistory, not into it',
    'thresholds[1].ownHistory: unknown key "requird"; did you mean required?',
  ].map((problem) => `${file}: ${problem}`))
})
