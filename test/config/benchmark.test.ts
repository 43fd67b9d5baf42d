import { expect, test } from 'vitest'
import { configured, problemsOf } from './in-folder.ts'

const file = 'rackbench.config.yaml'
const ssh = 'benchmark: { type: ssh, user: root, commands: [cpu] }'

test('the plan has the benchmark of the file, and what is known of its metrics', async () => {
  const files = { 'there/c.yaml': 'benchmark: { type: command, run: [./measure.sh, "{address}"], env: { TOKEN: "${TOKEN}" } }' }
  const lookAtBenchmark = async () => ({ problems: [], metrics: { latency: { unit: 'ms', better: 'lower' } as const } })
  const { plan } = await configured({ files, flags: { config: 'there/c.yaml' }, env: { TOKEN: 'open-sesame' }, lookAtBenchmark })
  expect([plan.benchmark, plan.metrics, plan.thresholds]).toEqual([
    { type: 'command', settings: { directory: '<cwd>/there', run: ['./measure.sh', '{address}'], env: { TOKEN: '${TOKEN}' } } },
    { latency: { unit: 'ms', better: 'lower' } },
    [{ metric: 'score', min: 50 }],
  ])
})

test.each([
  ['identityFile: keys/id', '<cwd>/there/keys/id'],
  ['identityFile: /keys/id', '/keys/id'],
  ['identityFile: ~/.ssh/id', '~/.ssh/id'],
  ['identityFile: "${KEY_FILE}"', '${KEY_FILE}'],
])('the key of %s is looked for at %s', async (setting, path) => {
  const files = { 'there/c.yaml': `benchmark:\n  type: ssh\n  ${setting}\nthreshold: 5` }
  const { plan } = await configured({ files, flags: { config: 'there/c.yaml' }, env: { KEY_FILE: '/keys/id' } })
  expect([plan.benchmark, 'metrics' in plan]).toEqual([{ type: 'ssh', settings: { identityFile: path } }, false])
})

test.each<[string, readonly string[]]>([
  ['benchmark: command', ['benchmark: expected an object with a type, such as { type: ssh, commands: [...] }, got "command"']],
  ['benchmark: { run: [x] }', ['benchmark: has no type: expected ssh | command, such as { type: ssh, commands: [...] }']],
  ['benchmark: { type: comand, run: [x] }', ['benchmark.type: expected ssh | command, got "comand"; did you mean command?']],
  ['benchmark: { type: 5 }', ['benchmark.type: expected ssh | command, got 5']],
  ['benchmark: { type: "${TYPE}" }', ['benchmark.type: expected ssh | command, got "${TYPE}"']],
  ['benchmrk: { type: ssh }', ['unknown key "benchmrk"; did you mean benchmark?']],
  ['benchmark: { type: command, run: [x, "${NONE}"], env: { A: "${SHORT}" } }', [
    'benchmark.run[1]: the environment variable NONE is not set',
    'benchmark.env.A: the value of SHORT is too short for a secret: it takes at least 6 characters to be redacted',
  ]],
])('of %s every problem is told', async (content, problems) => {
  expect(await problemsOf({ files: { [file]: content }, env: { SHORT: 'abc' } })).toEqual(problems.map((problem) => `${file}: ${problem}`))
})

test('what the benchmark finds wrong with its settings is told with the rest', async () => {
  const lookAtBenchmark = async () => ({ problems: ['benchmark.run: expected an array,\nbut it is missing'], metrics: {} })
  expect(await problemsOf({ files: { [file]: 'benchmark: { type: command }' }, flags: { concurrency: '0' }, lookAtBenchmark })).toEqual([
    '--concurrency: expected a whole number of at least 1, got "0"',
    String.raw`benchmark.run: expected an array,\u{a}but it is missing`,
  ])
})

test('a benchmark over SSH needs rules of its own: the default is about a score that it does not give', async () => {
  expect(await problemsOf({ files: { [file]: ssh } })).toEqual([
    `${file}: benchmark: there is no rule for what it measures: give some, such as thresholds: [{ metric: cpu.events_per_second, min: 1000 }]`,
  ])
  const rules = [{ metric: 'cpu.events_per_second', min: 1000 }]
  const told = [
    await configured({ files: { [file]: `${ssh}\nthresholds: ${JSON.stringify(rules)}` } }),
    await configured({ files: { [file]: `${ssh}\nthreshold: 5` } }),
    await configured({ files: { [file]: ssh }, flags: { threshold: '6' } }),
    await configured({ files: { [file]: ssh }, env: { RACKBENCH_THRESHOLD: '7' } }),
  ]
  expect(told.map(({ plan }) => plan.thresholds)).toEqual([rules, ...[5, 6, 7].map((min) => [{ metric: 'score', min }])])
})
