import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { configure } from '../../src/config/configure.ts'
import { effectiveSettings } from '../../src/config/effective.ts'
import type { Invocation } from '../../src/config/gather.ts'
import { showAsJson, showAsYaml } from '../../src/config/show.ts'
import { keysOf, variableOf } from '../../src/config/settings.ts'
import { inFolder } from './in-folder.ts'

type Told = Partial<Invocation> & { readonly files?: Readonly<Record<string, string>> }

async function shown({ files = {}, ...invocation }: Told): Promise<string> {
  return inFolder(files, async (cwd) => {
    const effective = await effectiveSettings({ servers: [], flags: {}, env: {}, cwd, readStdin: async () => '', ...invocation })
    return showAsYaml(effective).replaceAll(cwd, '<cwd>')
  })
}

const file = 'rackbench.config.yaml'

test('each value is shown with where it is from, and what nobody has said in words', async () => {
  const files = {
    [file]: 'provisioner: { type: ./mine.mjs, token: "${TOKEN}", password: literal }\nthresholds: [{ metric: score, min: 5 }, { metric: latency, max: 2.5 }]\ntimeouts: { install: 45m }\nout: results\n',
    'mine.mjs': '',
  }
  const told = { files, servers: ['101-103', 'a'], flags: { threshold: '60', deadline: '180m', shard: '1/1' }, env: { RACKBENCH_MAX_BROKEN: '20%', RACKBENCH_TOKEN: 'open-sesame', TOKEN: 'let-me-in' } }
  expect(await shown(told)).toBe(`# configuration file: ${file}
# RACKBENCH_TOKEN: ***
# benchmark: the provisioner's own
# inventory: not set
# simulation: not set
# gateOpen: not set
# gateClosed: not set
# wipeReserve: a fifth, at most 30m
# failedIn: not set
# history: not set

# 4 servers: the command line
servers:
  - 101 102 103 a
# ${file}
provisioner:
  type: <cwd>/mine.mjs
  token: \${TOKEN}
  password: "***"
# --threshold, others: ${file}
thresholds:
  - metric: score
    min: 60
  - metric: latency
    max: 2.5
os: debian-12 # default
unmatched: fail # default
retest: 0 # default
order: given # default
concurrency: 15 # default
destroy: passing # default
markBroken: true # default
maxBroken: 20% # RACKBENCH_MAX_BROKEN
maxAlike: 5 # default
retries: 2 # default
maxOutage: 5m # default
timeouts:
  install: 45m # ${file}
  benchmark: 4h # default
  destroy: 2h # default
  mark: 2m # default
  gate: 3s # default
grace: 10s # default
deadline: 3h # --deadline
shard: 1/1 # --shard
suite: rackbench # default
attach: failed # default
out: <cwd>/results # ${file}
logLevel: info # default
logFormat: text # default
progress: auto # default
`)
})

test('nothing need be said at all', async () => {
  expect((await shown({})).split('\n').slice(0, 22)).toEqual([
    '# configuration file: none',
    '# RACKBENCH_TOKEN: not set',
    '# no provisioner given: the simulated rack is used, no real machine is touched',
    "# benchmark: the provisioner's own",
    '# inventory: not set',
    '# simulation: not set',
    '# gateOpen: not set',
    '# gateClosed: not set',
    '# maxBroken: 10%, at least 5, at most 50',
    '# deadline: not set',
    '# wipeReserve: a fifth, at most 30m',
    '# shard: not set',
    '# failedIn: not set',
    '# history: not set',
    '',
    '# none',
    'servers: []',
    '# default',
    'provisioner:',
    '  type: simulated',
    '# default',
    'thresholds:',
  ])
})

test('settings of the file are told to be its own, where a flag names the same provisioner', async () => {
  const files = { [file]: 'provisioner: { type: ./mine.mjs, a: 1 }', 'mine.mjs': '' }
  expect(await shown({ files, flags: { provisioner: './mine.mjs' } })).toContain(`# --provisioner, settings: ${file}\nprovisioner:\n  type: <cwd>/mine.mjs\n  a: 1\n`)
})

test('a simulation that another provisioner leaves aside is not shown', async () => {
  const files = { [file]: 'simulation: { strict: true }', 'mine.mjs': '' }
  expect(await shown({ files })).toContain(`# ${file}\nsimulation:\n  strict: true\n`)
  expect(await shown({ files, flags: { provisioner: './mine.mjs' } })).toContain('# simulation: not set\n')
})

describe('what is shown is a configuration file with the same effect:', () => {
  /** What a run does by an invocation, and what is shown of it, with and without where it is from. */
  async function effectOf(invocation: Omit<Invocation, 'readStdin'>) {
    const whole = { ...invocation, readStdin: async () => '101-103 7\n' }
    const effective = await effectiveSettings(whole)
    const { plan: { flags: _, ...plan }, out, progress } = await configure(whole)
    return { plan: JSON.stringify(plan), out, progress, yaml: showAsYaml(effective), json: showAsJson(effective) }
  }

  const duration = fc.oneof(fc.constantFrom('1ms', '90s', '1.5h', '0.0007d', '365d'), fc.integer({ min: 1000, max: 364_000_000_000 }).map((digits) => `${(digits / 1e9).toFixed(9)}d`))
  const text = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), fc.constantFrom('null', '101', 'true', '~', '- a', '#', 'a: b', '*a', '!!x', '0x10', '1e5', "'", '2021-01-01', '...', '---'))
  const line = text.filter((given) => given.trim() !== '' && !/[\p{C}\p{Zl}\p{Zp}]|\$\{/u.test(given))
  const values = {
    os: line, suite: line, concurrency: fc.integer({ min: 1, max: 1000 }), destroy: fc.constantFrom('passing', 'always', 'never'), 'mark-broken': fc.boolean(), 'max-alike': fc.nat(100), retries: fc.nat(100),
    'max-broken': fc.oneof(fc.nat(), fc.double({ min: 0, max: 100, noNaN: true }).map((percent) => `${percent}%`)), threshold: fc.double({ noNaN: true, noDefaultInfinity: true }),
    'max-outage': duration, grace: duration, 'timeout-install': duration, 'timeout-mark': duration, deadline: duration,
    out: line, attach: fc.constantFrom('failed', 'all', 'none'), 'log-level': fc.constantFrom('error', 'debug'), 'log-format': fc.constantFrom('text', 'json'), progress: fc.constantFrom('plain', 'none'), shard: fc.constant('1/1'),
  } as const
  const names = Object.keys(values) as (keyof typeof values)[]
  const given = fc.record(values, { requiredKeys: [] })
  const server = fc.constantFrom('101-103', 'node-[08-11]', '0101', 'true', '1e5', '-', '@fleet.txt', 'x.y')
  const settings = fc.dictionary(text.filter((key) => key !== 'type'), fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown), { maxKeys: 3 })
  const hidden = (content: string): boolean => content.includes('***')

  test('whatever flags, variables and file say', async () => {
    await fc.assert(
      fc.asyncProperty(given, given, given, fc.array(server, { minLength: 1, maxLength: 3 }), fc.option(settings), async (inFile, inEnv, inFlags, servers, own) => {
        const content: Record<string, unknown> = own ? { provisioner: { ...own, type: './mine.mjs' } } : { simulation: { strict: true } }
        for (const name of names) {
          const [key = '', step] = keysOf(name)
          if (inFile[name] !== undefined) content[key] = step === undefined ? inFile[name] : { ...(content[key] as object | undefined), [step]: inFile[name] }
        }
        const env = Object.fromEntries(names.flatMap((name) => (inEnv[name] === undefined ? [] : [[variableOf(name), String(inEnv[name])]])))
        const flags = Object.fromEntries(names.flatMap((name) => (inFlags[name] === undefined ? [] : [[name, typeof inFlags[name] === 'boolean' ? inFlags[name] : String(inFlags[name])]])))
        const files = { 'there/c.json': JSON.stringify(content), 'there/mine.mjs': '', 'fleet.txt': '7-9 201' }
        await inFolder(files, async (cwd) => {
          const first = await effectOf({ servers, flags: { ...flags, config: 'there/c.json' }, env, cwd })
          await inFolder({ 'shown.yaml': first.yaml, 'shown.json': first.json }, async (elsewhere) => {
            const again = await effectOf({ servers: [], flags: { config: 'shown.yaml' }, env: {}, cwd: elsewhere })
            const fromJson = await effectOf({ servers: [], flags: { config: 'shown.json' }, env: {}, cwd: elsewhere })
            expect(again.json).toBe(first.json)
            expect(fromJson.json).toBe(first.json)
            expect(parse(again.yaml, { uniqueKeys: false })).toEqual(parse(first.yaml, { uniqueKeys: false }))
            if (!hidden(first.json)) expect({ ...again, yaml: '' }).toEqual({ ...first, yaml: '' })
            expect(`${first.yaml}${first.json}`.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
          })
        })
      }),
      { numRuns: 200 },
    )
  })
})
