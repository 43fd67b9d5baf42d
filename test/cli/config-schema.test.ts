import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { lookAtBenchmark } from '../../src/benchmarks/open.ts'
import { configJsonSchema } from '../../src/cli/config-schema.ts'
import { runOptions } from '../../src/cli/options/run.ts'
import { fileSettings } from '../../src/config/config-file.ts'
import { configure } from '../../src/config/configure.ts'
import { defaults } from '../../src/config/defaults.ts'
import { keysOf } from '../../src/config/settings.ts'
import { problemsOfInventory } from '../../src/inventory/open.ts'
import { systemClock } from '../../src/model/clock.ts'
import { readCommandSettings } from '../../src/provisioners/command-settings.ts'
import { readHttpSettings } from '../../src/provisioners/http-settings.ts'
import { problemsOfSettings } from '../../src/provisioners/open.ts'
import { inFolder } from '../config/in-folder.ts'
import { checkout } from '../fixtures/shell.ts'

const schema = JSON.parse(configJsonSchema()) as { readonly properties: Readonly<Record<string, Described>> }
interface Described {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Described>>
}
const isValid = new Ajv2020({ allErrors: true, strictTypes: false, allowUnionTypes: true }).compile(schema)

/** Whether rackbench takes a file, as far as that can be told without opening a provisioner. */
async function isTaken(content: unknown): Promise<boolean> {
  return inFolder({ 'c.json': JSON.stringify(content), 'rack.yaml': '{}', 'mine.mjs': '', 'r.json': '' }, async (cwd) => {
    const checkProvisioner = (provisioner: Parameters<typeof problemsOfSettings>[0]) => problemsOfSettings(provisioner, { clock: systemClock, env: {} })
    const checkInventory = (inventory: Parameters<typeof problemsOfInventory>[0]) => problemsOfInventory(inventory, { clock: systemClock, env: {} })
    const configuring = configure({ servers: ['101'], flags: { config: 'c.json' }, env: { NAME: 'open-sesame' }, cwd, readStdin: async () => '', checkProvisioner, lookAtBenchmark, checkInventory })
    return configuring.then(() => true, () => false)
  })
}

test('docs/config.schema.json is what the command prints', async () => {
  await expect(configJsonSchema(), 'out of date; write it anew: npx vitest run test/cli/config-schema.test.ts --update').toMatchFileSnapshot('../../docs/config.schema.json')
})

test('every setting of a file is in it, with the words and the default of --help', () => {
  const told = fileSettings.map((name) => {
    const [key = '', step] = keysOf(name)
    const { description, default: value } = (step === undefined ? schema.properties[key] : schema.properties[key]?.properties?.[step]) ?? {}
    return { name, description: description?.replace(/ \(default: .*\)$/, ''), value }
  })
  const known: Readonly<Record<string, unknown>> = defaults
  expect(told).toEqual(fileSettings.map((name) => ({ name, description: runOptions[name]?.describe, value: known[name] })))
  expect(Object.keys(schema.properties).filter((key) => !fileSettings.some((name) => keysOf(name)[0] === key))).toEqual(['$schema', 'servers', 'benchmark', 'inventory', 'thresholds'])
})

test.each(['docs/configuration.md', 'docs/command.md', 'docs/benchmarks.md'])('every configuration in %s is valid', async (document) => {
  const text = await readFile(join(checkout, document), 'utf8')
  const blocks = [...text.matchAll(/(<!-- test: simulation -->\n)?^```yaml\n([\s\S]*?)^```$/gm)].filter(([, isSimulation]) => isSimulation === undefined)
  const faults = blocks.map(([, , block = '']) => ({ block, errors: isValid(parse(block)) ? [] : isValid.errors })).filter(({ errors }) => errors?.length !== 0)
  expect(faults).toEqual([])
  expect(blocks.length).toBeGreaterThan(0)
})

test('the simulation in docs/configuration.md is valid, and so are faults as docs/simulator.md writes them', async () => {
  const [, block = ''] = /<!-- test: simulation -->\n```yaml\n([\s\S]*?)^```$/m.exec(await readFile(join(checkout, 'docs/configuration.md'), 'utf8')) ?? []
  expect(block).not.toBe('')
  expect([isValid({ simulation: parse(block) }), isValid({ simulation: { faults: { seed: 7, hang: '5%', html: { share: '10%', status: 502, of: ['install'] } } } })]).toEqual([true, true])
})

interface Values {
  readonly taken: readonly unknown[]
  readonly refused: readonly unknown[]
  /** Refused by rackbench, but not by what JSON Schema can say. */
  readonly wider?: readonly unknown[]
}
const placeholder = 'a ${NAME} b'
const texts: Values = { taken: ['x', 'Übung 1', '$NAME', 'x'.repeat(200)], refused: ['', '  ', 'a\nb', 'a\u001bb', 'x'.repeat(201), 5, null, true, [], {}, placeholder] }
const paths: Values = { taken: ['x', './a b/c'], refused: ['', 'a\0b', 1, null, [], {}, placeholder] }
const spans: Values = { taken: ['90s', '1.5h', '365d', '500ms'], refused: [90, '90', '', '-5m', '1h30m', '2 h', null, placeholder], wider: ['366d'] }
const aboveZero: Values = { ...spans, refused: [...spans.refused, '0s', '0.0m'], wider: ['366d', '0.1ms'] }
const fromZero: Values = { ...spans, taken: [...spans.taken, '0s'] }
const ports: Values = { taken: [22, '22', '22,443', [22, '80 443'], ' 1, 65535 '], refused: [0, 65536, 2.5, '', 'ssh', '-1', '22;443', '0x16', '22.0', null, [], [null], {}, placeholder], wider: ['0', '65536', [70000], ['ssh'], Array.from({ length: 21 }, (_, n) => n + 1)] }
const choice = (...words: string[]): Values => ({ taken: words, refused: ['', 'other', 1, null, true, words, placeholder] })
const counts = (least: number, most: number): Values => ({
  taken: [least, most, String(least), `${most}.0`, '1e2', 7.0],
  refused: [least - 1, most + 1, 1.5, '', 'many', null, true, [5], placeholder],
  wider: [String(least - 1), '1.5', '1e99'],
})
const http = (more: object): object => ({ type: 'http', url: 'https://rack.example.com/api', ...more })
const measuring = (more: object): object => ({ type: 'command', run: ['./measure.sh', '{address}'], ...more })
const overSsh = (more: object): object => ({ type: 'ssh', user: 'root', commands: ['cpu'], ...more })
const service = (more: object): object => ({ type: 'http', list: 'https://fleet.example.com/servers', ...more })
const score = { metric: 'score', min: 50 }

/** Every key of a file, but for those of provisioners that only their adapters read. */
const table: Readonly<Record<string, Values>> = {
  $schema: { taken: ['./s.json'], refused: [5, {}, null] },
  servers: { taken: ['101-103', ['a', 'b'], [101, 1.5, true], 7, []], refused: [null, {}, [null], [['a']], 'a${NAME}', ['a', '${NAME}']], wider: ['a/b', '3-1', ''] },
  thresholds: {
    taken: [[], [score], [{ metric: 'a', min: 1, max: 2, unit: 'ms' }], [{ metric: 'b', max: -1.5 }], [{ metric: 'a', ownHistory: { last: 5, lower: '-5%', upper: 0.1, required: true } }]],
    refused: [{}, null, [{ metric: 'a' }], [{ min: 1 }], [{ metric: '', min: 1 }], [{ metric: 'a', min: '1' }], [{ metric: 'a', mim: 1, max: 1 }], [{ metric: 'a', min: null }], [{ metric: '${NAME}', min: 1 }], [5], [{ metric: 'a', ownHistory: { last: 5 } }], [{ metric: 'a', ownHistory: { lower: -0.1 } }], [{ metric: 'a', ownHistory: { last: 0, lower: -0.1 } }], [{ metric: 'a', min: 1, ownHistory: { last: 5, lower: -0.1 } }], [{ metric: 'a', reference: 1, lower: -0.1, ownHistory: { last: 5, lower: -0.1 } }], [{ metric: 'a', ownHistory: { last: 5, lower: -0.1, mim: 1 } }]],
    wider: [[{ metric: 'a', min: 2, max: 1 }]],
  },
  benchmark: {
    taken: [overSsh({}), overSsh({ address: '{id}.rack', port: 22, identityFile: '~/.ssh/id', ready: '5m', silence: '1h', knownHosts: 'strict' }), overSsh({ commands: ['disk', { profile: 'network', peer: '10.0.0.1' }, { name: 'own', run: 'uptime', parse: 'lines', repeat: 3, maxSpread: '5%' }] }), overSsh({ identityFile: 'keys/id' }),
      measuring({}), measuring({ directory: '${NAME}', env: { A: '${NAME}' }, exitCodes: { 10: 'MeasurementError' }, metrics: { latency: { unit: 'ms', better: 'lower' }, cpu: {} } })],
    refused: [overSsh({ user: '-oProxyCommand=x' }), overSsh({ commands: [] }), overSsh({ commands: ['dsk'] }), overSsh({ commands: [{ profile: 'disk', secs: 5 }] }), overSsh({ port: '22' }), overSsh({ ready: 5 }), overSsh({ knownHosts: 'no' }), overSsh({ run: ['x'] }), { type: 'ssh' },
      'command', null, 5, [], {}, { type: 'comand', run: ['x'] }, { run: ['x'] }, { type: '${NAME}', run: ['x'] }, { type: 'command' }, measuring({ run: './measure.sh' }), measuring({ run: ['x', 5] }), measuring({ metrics: { latency: 'ms' } }), measuring({ metrics: { latency: { better: 'fast' } } }), measuring({ metrics: { latency: { units: 'ms' } } }), measuring({ metrics: { '': {} } }), measuring({ silence: '5m' })],
    wider: [overSsh({ user: '${NAME}' }), measuring({ run: [] }), measuring({ run: [''] }), measuring({ exitCodes: { 75: 'MeasurementError' } }), measuring({ env: { A: '${UNSET}' } })],
  },
  inventory: {
    taken: ['fleet.csv', 'provisioner', { type: 'file', path: 'fleet.yaml', cache: 'kept.jsonl' }, { type: 'provisioner' }, service({}), service({ token: '${NAME}', headers: { 'X-Api-Key': '${NAME}', 'X-Site': 'a' }, item: 'https://fleet.example.com/servers/{id}', concurrency: 20, ids: '/servers', labels: { model: '/model' }, next: 'link' }), service({ auth: { type: 'http_basic', user: 'u', password: '${NAME}' } }),
      { type: 'ironic', url: 'https://ironic.example.com', facts: { rack: '/extra/rack' } }],
    refused: ['', 5, null, [], {}, { type: 'htp' }, { typ: 'http' }, { type: 'http', lst: 'https://a' }, { type: 'file' }, { type: 'file', path: 5 }, '${NAME}', { type: 'file', path: 'a', cache: '${NAME}' }, { type: 'file', path: 'a', cache: 5 }, { type: 'provisioner', url: 'x' }, { type: 'ironic', url: 'ftp://x' }, service({ token: 'literal' }), service({ headers: { 'X-Api-Key': 'literal' } }), service({ auth: { type: 'http_basic', user: 'u' } }), service({ concurrency: '20' }), service({ labls: {} })],
    wider: ['ironic', 'http', 'file', 'https://fleet.example.com', { type: 'http' }, { type: 'ironic' }, service({ auth: { type: 'http_basic', user: 'u', password: 'literal' } }), service({ token: '${UNSET}' })],
  },
  provisioner: {
    taken: ['simulated', './mine.mjs', { type: 'simulated' }, { type: 'simulated', simulation: { strict: false } }, { type: './mine.mjs', token: '${NAME}', any: [1, { a: null }] }, http({}), http({ token: '${NAME}' }), http({ headers: { 'X-Site': 'a', Cookie: 'a=${NAME}' } })],
    refused: ['', 'simulatd', 'mine.mjs', 5, null, ['simulated'], {}, { type: 5 }, { typ: 'simulated' }, { type: '' }, '${NAME}', { type: './${NAME}.mjs' }, { type: 'simulated', seed: 1 }, { type: 'simulated', simulation: { strikt: true } }, http({ token: 'literal' }), http({ headers: { 'X-Auth': 'literal' } }), http({ headers: { 'x-api-KEY': 'literal' } })],
    wider: ['http', 'command', './absent.mjs', { type: './mine.mjs', token: '${UNSET}' }],
  },
  simulation: {
    taken: ['rack.yaml', {}, { strict: true, servers: { 101: null, a: { state: 'broken', install: { takes: '1s', fails: 'no' }, benchmark: { score: 'fast' } } } }, { faults: { cut: '5%' } }],
    refused: ['', 5, null, [], '${NAME}', { strikt: true }, { defaults: { install: { takes: 5 } } }, { servers: { 'a/b': null } }, { servers: { a: { benchmark: { score: 1, metrics: {} } } } }, { servers: { a: { install: { fails: '${NAME}' } } } }, { servers: { a: { benchmark: { score: ['${NAME}'] } } } }, { faults: { cut: '5' } }, { faults: { cut: { of: [] } } }],
    wider: ['absent.yaml', { faults: { cut: '101%' } }],
  },
  os: texts,
  threshold: { taken: [50, -1.5, '62.5', '.5', '5.', '1e3', '+2'], refused: ['', 'fast', null, true, [5], '0x10', placeholder], wider: ['1e400'] },
  unmatched: choice('fail', 'pass'),
  retest: { ...counts(0, 10), taken: [0, 10, '5'] },
  gateOpen: ports,
  gateClosed: ports,
  order: choice('given', 'longest-first'),
  concurrency: counts(1, 1000),
  destroy: choice('passing', 'always', 'never'),
  markBroken: { taken: [true, false, 'true', 'false'], refused: ['yes', 1, null, ''] },
  maxBroken: { taken: [5, '5', '10%', '0.5%', 0], refused: [-1, 1.5, '', 'all', '%', '10 %', null, true, placeholder], wider: ['101%', '-1%', '1.5'] },
  maxAlike: counts(0, 100_000),
  retries: { ...counts(0, 100), taken: [0, 100, '5'] },
  maxOutage: fromZero,
  'timeouts.install': aboveZero,
  'timeouts.benchmark': aboveZero,
  'timeouts.destroy': aboveZero,
  'timeouts.mark': aboveZero,
  'timeouts.gate': aboveZero,
  grace: fromZero,
  deadline: aboveZero,
  wipeReserve: fromZero,
  shard: { taken: ['1/1', '001/0001'], refused: ['0/4', '1/0', '2', '1/2/3', '-1/4', 0.5, null, placeholder], wider: ['5/4', '1/1001'] },
  failedIn: { ...paths, taken: [], wider: ['absent.json'] },
  suite: texts,
  attach: choice('failed', 'all', 'none'),
  out: paths,
  history: paths,
  logLevel: choice('error', 'warn', 'info', 'debug'),
  logFormat: choice('text', 'json'),
  progress: choice('auto', 'plain', 'none'),
}

function fileWith(key: string, value: unknown): object {
  const [first = '', step] = key.split('.')
  // What is measured over SSH needs a rule.
  if (first === 'benchmark') return { benchmark: value, threshold: 5 }
  // What goes by past runs needs to know where they are.
  if (first === 'order' || first === 'thresholds') return { [first]: value, history: 'past' }
  return step === undefined ? { [first]: value } : { [first]: { [step]: value } }
}

describe('schema and reader agree about', () => {
  test.each(Object.entries(table))('%s', async (key, { taken, refused, wider = [] }) => {
    const said = async (value: unknown) => ({ value, isTaken: await isTaken(fileWith(key, value)), isValid: isValid(fileWith(key, value)) })
    const asked = await Promise.all([...taken, ...refused, ...wider].map(said))
    const expected = [[taken, true, true], [refused, false, false], [wider, false, true]] as const
    expect(asked).toEqual(expected.flatMap(([values, read, valid]) => values.map((value) => ({ value, isTaken: read, isValid: valid }))))
  })

  test('every key that there is', () => {
    const keys = [...fileSettings.map((name) => keysOf(name).join('.')), '$schema', 'servers', 'benchmark', 'inventory', 'thresholds']
    expect(Object.keys(table).toSorted()).toEqual(keys.toSorted())
  })

  test.each<[string, unknown, boolean]>([
    ['a file that is empty', null, true],
    ['a file that is a list', [], false],
    ['a file that is a text', 'a', false],
    ['a misspelt key', { concurency: 3 }, false],
    ['the name of a flag', { 'max-broken': 3 }, false],
    ['what is asked of one invocation only', { dryRun: true }, false],
    ['a misspelt limit', { timeouts: { instal: '5m' } }, false],
    ['limits that are none', { timeouts: 5 }, false],
    ['one rule and several', { threshold: 5, thresholds: [] }, false],
  ])('%s', async (_, content, expected) => {
    expect([await isTaken(content), isValid(content)]).toEqual([expected, expected])
  })

  test('whatever a file holds: what rackbench takes is valid', async () => {
    const values = Object.values(table).flatMap(({ taken, refused, wider = [] }) => [...taken, ...refused, ...wider])
    const value = fc.oneof(fc.constantFrom(...values), fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary', maxLength: 8 }))
    const content = fc.dictionary(fc.constantFrom(...Object.keys(schema.properties)), value, { maxKeys: 2 })
    await fc.assert(
      fc.asyncProperty(content, async (given) => {
        const heldInFile = JSON.parse(JSON.stringify(given)) as unknown
        expect(isValid(heldInFile) || !(await isTaken(heldInFile))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the settings of provisioners: what their adapters take is valid, and what they refuse is not', () => {
  const words = { install: ['./install.sh', '{id}'], destroy: ['d'], markAsBroken: ['m'] }

  const isReadable = (read: () => unknown): boolean => {
    try {
      read()
      return true
    } catch {
      return false
    }
  }

  test.each<[string, object, boolean]>([
    ['nothing but what must be', words, true],
    ['everything', { ...words, directory: '/d', benchmark: ['b'], env: { A: 'b' }, exitCodes: { 17: 'MeasurementError' } }, true],
    ['no program to wipe with', { install: ['i'], markAsBroken: ['m'] }, false],
    ['a program that is a text', { ...words, install: './install.sh' }, false],
    ['a misspelt key', { ...words, instal: ['i'] }, false],
    ['a bad name of a variable', { ...words, env: { 'a b': 'c' } }, false],
    ['a meaning that there is not', { ...words, exitCodes: { 17: 'Bad' } }, false],
  ])('command: %s', (_, settings, expected) => {
    expect([isReadable(() => readCommandSettings(settings)), isValid({ provisioner: { type: 'command', ...settings } })]).toEqual([expected, expected])
  })

  test.each<[string, object, boolean]>([
    ['nothing but an address', {}, true],
    ['another address', { url: 'HTTP://10.0.0.1:8080' }, true],
    ['everything', { headers: { 'X-Site': 'a' }, requestTimeout: '30s' }, true],
    ['no address', { url: undefined }, false],
    ['an address of something else', { url: 'ftp://rack.example.com' }, false],
    ['a limit without a unit', { requestTimeout: 30 }, false],
    ['a misspelt key', { header: {} }, false],
    ['a header that is no text', { headers: { 'X-Site': 1 } }, false],
  ])('http: %s', async (_, more, expected) => {
    const { type, ...settings } = JSON.parse(JSON.stringify(http(more))) as { readonly type: string }
    expect([await readHttpSettings(settings, {}).then(() => true, () => false), isValid({ provisioner: { type, ...settings } })]).toEqual([expected, expected])
  })

  test('${NAME} may stand wherever a text does', () => {
    const command = { type: 'command', ...words, directory: '${DIR}', env: { A: '${B}' }, exitCodes: { 17: '${FAULT}' } }
    expect([isValid({ provisioner: command }), isValid({ provisioner: http({ url: '${RACK_URL}', requestTimeout: '${LIMIT}' }) })]).toEqual([true, true])
  })
})
