import { expect } from 'vitest'
import { resultsSchema } from '../../src/model/results.ts'
import { test } from '../fixtures/cli.ts'
import { countsOf, parseJunit } from '../reporters/junit-parse.ts'

/** A module that does, for each server, what its ID says. */
const mischief = `
const noise = '\\u001b[31m]]>\\ud800 \\u0000\\u0007]]>\\udfff\\ufffe <b>&amp;'.repeat(20000)
const fault = (type) => Object.assign(new Error('the ' + type), { [Symbol.for('rackbench.fault')]: type })
const wraps = { bare: (error) => error, cause: (error) => new Error('outer', { cause: error }), several: (error) => new AggregateError([new Error('another'), error], 'many') }
const answers = { nan: NaN, null: null, text: 'fast', object: {}, array: [80], true: true, negative: -1, infinite: 1e400, undefined: undefined, nested: { score: { value: 3 } }, bigint: 80n }
let lateLogged
const late = new Promise((resolve) => (lateLogged = resolve))
const benchmarks = {
  timer: () => (setTimeout(() => { throw new Error('thrown by a timer') }), 80),
  rejection: () => (void Promise.reject(new Error('forgotten by a promise')), 80),
  odd: () => (setTimeout(() => { throw Object.create(null) }), 80),
  late: ({ log }) => (setTimeout(() => { log('said too late'); lateLogged() }, 20), 80),
  witness: () => late.then(() => 80),
  chatty: ({ log }) => { log(noise); log(Symbol('s')); log(undefined, 'shout'); return 80 },
  noisy: () => { throw new Error(noise) },
  text: () => { throw 'just a text' },
  nothing: () => { throw undefined },
  proxy: () => { throw new Proxy({}, { get() { throw new Error('trap') } }) },
  type: () => null.length,
  refused: () => { throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }) },
  disk: () => { throw Object.assign(new Error('open'), { code: 'ENOSPC' }) },
  never: () => new Promise(() => {}),
  deaf: ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 300, 80))),
  prompt: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
}
export default {
  name: 'mischief',
  async install() {},
  async benchmark({ id }, context) {
    const [kind, what, how] = id.split('.')
    if (kind === 'answer') return answers[what]
    if (kind === 'fault') throw wraps[how](fault(what))
    return kind === 'good' ? 80 : benchmarks[what](context)
  },
  async destroy() {},
  async markAsBroken() {},
}`

const performance = ['failed', 'PerformanceError', true] as const
const server = ['failed', 'ServerOperationError', true] as const
const timeout = ['failed', 'StepTimeoutError', true] as const
const measurement = ['failed', 'MeasurementError', false] as const
const unavailable = ['failed', 'ProvisionerUnavailableError', false] as const
const defect = ['failed', 'DefectError', false] as const
const passed = ['passed', undefined, false] as const

/** What becomes of each server: its status, the class of its error, whether it is marked. */
const fates: Readonly<Record<string, readonly [string, string | undefined, boolean]>> = {
  'does.timer': passed,
  'does.rejection': passed,
  'does.odd': passed,
  'does.late': passed,
  'does.witness': passed,
  'does.chatty': passed,
  'does.noisy': server,
  'does.text': defect,
  'does.nothing': defect,
  'does.proxy': defect,
  'does.type': defect,
  'does.refused': unavailable,
  'does.disk': defect,
  'does.never': timeout,
  'does.deaf': timeout,
  'does.prompt': timeout,
  ...Object.fromEntries(['nan', 'null', 'text', 'object', 'array', 'true', 'infinite', 'undefined', 'nested', 'bigint'].map((what) => [`answer.${what}`, measurement])),
  'answer.negative': performance,
  ...Object.fromEntries(
    ['bare', 'cause', 'several'].flatMap((how) => [
      [`fault.PerformanceError.${how}`, performance],
      [`fault.ServerOperationError.${how}`, server],
      [`fault.StepTimeoutError.${how}`, timeout],
      [`fault.MeasurementError.${how}`, measurement],
      [`fault.ProvisionerUnavailableError.${how}`, unavailable],
      [`fault.RequestRefusedError.${how}`, ['failed', 'RequestRefusedError', false]],
      [`fault.DefectError.${how}`, defect],
      [`fault.UnknownServerError.${how}`, ['failed', 'UnknownServerError', false]],
      [`fault.ServerNotOursError.${how}`, ['skipped', 'ServerNotOursError', false]],
      [`fault.RunStopped.${how}`, server],
    ]),
  ),
}

test('whatever a module does, its server gets what it deserves, and the others are unharmed', async ({ place }) => {
  await place.write('mischief.mjs', mischief)
  // Good ones in between: several in a row that are nobody's fault look like a provisioner that has gone.
  const ids = Object.keys(fates).flatMap((id, index) => [id, `good.${index}`])
  const flags = ['--max-alike', '0', '--max-broken', '100', '--max-outage', '0s', '--timeout-benchmark', '1s', '--grace', '100ms', '-c', '2']
  const { code, stderr } = await place.run(['run', ...ids, '-p', './mischief.mjs', '--attach', 'none', '--progress', 'none', ...flags])
  const { servers, run } = resultsSchema.parse(JSON.parse(await place.read('rackbench-out/results.json')))
  expect(Object.fromEntries(servers.map(({ id, status, error, broken }) => [id, [status, error?.type, broken.marked]]))).toEqual(
    Object.fromEntries(ids.map((id) => [id, fates[id] ?? passed])),
  )
  expect({ code, stderr, exitCode: run.exitCode }).toEqual({ code: 3, stderr: '', exitCode: 3 })
  const faults = run.problems.filter((problem) => problem.startsWith('a fault outside of any step')).map((problem) => problem.split(' at ')[0])
  expect(new Set(faults)).toEqual(
    new Set([
      'a fault outside of any step: Error: forgotten by a promise',
      'a fault outside of any step: Error: thrown by a timer',
      'a fault outside of any step: something that cannot be shown',
    ]),
  )

  const { suite, cases } = parseJunit(await place.read('rackbench-out/junit.xml'))
  expect(cases.map(({ attributes }) => attributes['name'])).toEqual(ids)
  expect(suite).toMatchObject(countsOf(cases))
  const types = cases.map(({ attributes, failure, error }) => [attributes['name'], failure?.['type'] ?? error?.['type']])
  expect(types).toEqual(ids.map((id) => [id, fates[id]?.[0] === 'failed' ? fates[id][1] : undefined]))

  const files = await place.files()
  for (const [name, content] of Object.entries(files)) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (name.startsWith('rackbench-out/')) expect({ name, found: /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffe\uffff]/.exec(content)?.[0] }).toEqual({ name, found: undefined })
    if (name.endsWith('.log')) expect(content.split('\n').filter((line) => Buffer.byteLength(line) > 16 * 1024)).toEqual([])
  }
  const late = / warn {2}\[worker-0\d\] \[does\.late\] benchmark: \(late\) said too late\n/
  expect({ server: files['rackbench-out/logs/does.late.log']?.includes('too late'), run: late.test(files['rackbench-out/run.log']!) }).toEqual({ server: false, run: true })
}, 60_000)

test('a secret is in no file and in no output, wherever a module puts it', async ({ place }) => {
  const secret = 'S3cr&t/"<tok en>'
  const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1), 'S3cr&amp;t', 'S3cr&t']
  await place.write(
    'leaky.mjs',
    `export default ({ token, broken }) => {
      if (broken) throw new Error('cannot log in with ' + token)
      const say = (log) => { log('token ' + token); log('GET /?t=' + encodeURIComponent(token)); log('Basic ' + Buffer.from(token).toString('base64')); log(JSON.stringify({ token })); log(token.slice(0, 4) + '\\u001b[0m' + token.slice(4)) }
      return {
        name: 'leaky ' + token,
        async check({ log }) { say(log) },
        async install({ id }, os, { log }) { say(log); if (id === '102') throw new Error('401 for ' + token); return { address: token, facts: { [token]: token } } },
        async benchmark({ id }, { log }) {
          if (id === '103') throw Object.assign(new TypeError('bad ' + token), { stack: 'TypeError: ' + token + '\\n    at ' + token })
          if (id === '104') setTimeout(() => { throw new Error('timer ' + token) })
          return { score: 80, [token]: id === '105' ? 'x' + token : 3 }
        },
        async destroy({ id }) { if (id === '106') throw new Error('cannot wipe: ' + token) },
        async markAsBroken() { throw new Error('cannot mark: ' + token) },
        async close() { throw new Error('cannot close: ' + token) },
      }
    }`,
  )
  const env = { TOKEN: secret }
  const said: string[] = []
  async function call(args: readonly string[], code: number): Promise<void> {
    const ended = await place.run(args, { env })
    said.push(ended.stdout, ended.stderr)
    expect(ended).toMatchObject({ code })
  }
  await place.write('rackbench.config.yaml', 'provisioner: { type: ./leaky.mjs, token: "${TOKEN}" }\nthresholds: [{ metric: score, min: 50 }]\n')
  await call(['run', '101-106', '--dry-run'], 0)
  await call(['run', '101-106', '--attach', 'all', '--log-level', 'debug'], 3)
  await call(['resume', 'rackbench-out'], 3)
  await call(['destroy', 'rackbench-out', '--all'], 3)
  await call(['mark', 'rackbench-out'], 3)
  await call(['report', 'rackbench-out'], 0)
  await place.write('broken.yaml', 'provisioner: { type: ./leaky.mjs, token: "${TOKEN}", broken: true }')
  await call(['run', '101', '--config', 'broken.yaml', '--out', 'other'], 2)

  const texts = { ...(await place.files()), output: said.join('') }
  const found = Object.entries(texts).flatMap(([name, text]) => spellings.filter((spelling) => text.includes(spelling)).map((spelling) => [name, spelling]))
  expect(found).toEqual([])
  expect(said.at(-1)).toBe('rackbench: ./leaky.mjs: its default export failed: cannot log in with ***\n')
})

test('of 60 servers there are 15 at a time, and never 16', async ({ place }) => {
  await place.write(
    'count.mjs',
    `import { writeFileSync } from 'node:fs'
    const step = () => new Promise((resolve) => setTimeout(resolve, 100))
    let now = 0
    const counts = []
    export default {
      async install() { counts.push(++now); await step() },
      async benchmark() { await step(); return 80 },
      async destroy() { await step(); now-- },
      async markAsBroken() {},
      async close() { writeFileSync('counts.json', JSON.stringify(counts)) },
    }`,
  )
  expect(await place.run(['run', '101-160', '-p', './count.mjs'])).toMatchObject({ code: 0 })
  const counts = JSON.parse(await place.read('counts.json')) as number[]
  expect({ servers: counts.length, most: Math.max(...counts) }).toEqual({ servers: 60, most: 15 })
  const { servers } = resultsSchema.parse(JSON.parse(await place.read('rackbench-out/results.json')))
  expect(new Set(servers.map(({ worker }) => worker))).toEqual(new Set(Array.from({ length: 15 }, (_, index) => `worker-${String(index + 1).padStart(2, '0')}`)))
})
