import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { flagNames } from '../../src/config/settings.ts'
import { resumeFlagNames } from '../../src/config/resume-overrides.ts'
import { declared } from '../../src/cli/declared.ts'
import { resumeOptions } from '../../src/cli/options/run-directory.ts'
import { doctorOptions, runOptions } from '../../src/cli/options/run.ts'
import { checkout } from '../fixtures/shell.ts'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { join } from 'node:path'

interface BadCall {
  readonly args: readonly string[]
  /** All of stderr, without `rackbench: ` before each line. `<cwd>` is the folder. */
  readonly told: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly stdin?: string
}

const rule = 'an ID is a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all'

/** Calls, and expects that nothing is done but to tell of each problem in one line. */
async function expectRefusal(place: Place, call: BadCall): Promise<void> {
  for (const [name, content] of Object.entries(call.files ?? {})) await place.write(name, content)
  const before = await place.files()
  await expectTold(place, call)
  expect(await place.files()).toEqual(before)
}

async function expectTold(place: Place, { args, told, stdin = '' }: BadCall): Promise<void> {
  const ended = await place.run(args, { stdin })
  expect({ ...ended, stderr: ended.stderr.replaceAll(place.folder, '<cwd>') }).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: told.map((line) => `rackbench: ${line}\n`).join(''),
  })
}

describe('servers that cannot be taken', () => {
  test.concurrent.for<[string, BadCall]>([
    ['no servers', { args: ['run'], told: ['no servers: name them (101-115, node-[01-20], @file, - for standard input), or set servers in rackbench.config.yaml'] }],
    ['an empty argument', { args: ['run', ''], told: ['an empty server argument: is the Jenkins parameter SERVERS set?'] }],
    ['an empty argument behind --', { args: ['run', '--', ''], told: ['an empty server argument: is the Jenkins parameter SERVERS set?'] }],
    [
      'bad ones, each told',
      {
        args: ['run', '../../etc/passwd', 'a'.repeat(200), 'a\u001b[31mb', '.', '-1', '101', '115-101', '1-99999999999', '@fleet.txt'],
        told: [
          `"../../etc/passwd" is not a server ID: ${rule}`,
          `"${'a'.repeat(80)}..." is not a server ID: ${rule}`,
          `"a\\u001b[31mb" is not a server ID: ${rule}`,
          `"." is not a server ID: ${rule}`,
          `"-1" is not a server ID: ${rule}`,
          '"115-101": the range runs backwards, from 115 to 101',
          '"1-99999999999" holds more than 100000 servers',
          '@fleet.txt: no such file',
        ],
      },
    ],
    ['an option behind --', { args: ['run', '--', '--help'], told: [`"--help" is not a server ID: ${rule}`] }],
    ['a file with a bad line', { args: ['run', '@fleet.txt'], files: { 'fleet.txt': '101\n102 103\n1 0/4\n' }, told: [`@fleet.txt line 3: "0/4" is not a server ID: ${rule}`] }],
    ['nothing on standard input', { args: ['run', '-'], stdin: '\n', told: ['-: holds no server IDs'] }],
    ['no server left by earlier results', { args: ['run', '--failed-in', 'no.json'], told: ['--failed-in: no.json: no such file'] }],
  ])('%s', async ([, call], { place }) => expectRefusal(place, call))
})

describe('options that cannot be taken', () => {
  test.concurrent.for<[string, BadCall]>([
    [
      'bad values, each told',
      {
        args: ['run', '101', '--concurrency', '0', '--threshold', 'abc', '--grace', '5', '--shard', '5/4', '--os=', '--deadline', '10m', '--wipe-reserve', '10m'],
        told: [
          '--os: expected a text of one line, got ""',
          '--threshold: expected a number, got "abc"',
          '--concurrency: expected a whole number of at least 1, got "0"',
          '--grace: expected a duration (write 90s, 45m or 2h), got "5"',
          '--shard: expected k/n with k from 1 to n, n at most 1000, like 2/4, got "5/4"',
          '--deadline: expected more than the 10m of --wipe-reserve, got "10m"',
        ],
      },
    ],
    ['unknown ones, each told, with the nearest', { args: ['run', '--concurency', '3', '--xyzzy', '-z', '--servers', '101'], told: ['unknown option --concurency; did you mean --concurrency?', 'unknown option --xyzzy', 'unknown option -z', 'unknown option --servers', 'no servers: name them (101-115, node-[01-20], @file, - for standard input), or set servers in rackbench.config.yaml'] }],
    ['the name of a member that every object has', { args: ['run', '101', '--constructor', '3'], told: ['unknown option --constructor'] }],
    ['one of another command, told with the rest', { args: ['mark', 'a', 'b', '--all'], told: ['unknown option --all', 'mark takes one run directory, not 2: "a" "b"'] }],
    ['one without its value', { args: ['run', '101', '--os'], told: ['--os needs a value'] }],
    ['a short one without its value', { args: ['run', '101', '-p'], told: ['-p needs a value'] }],
    ['one whose value would be the next option', { args: ['run', '101', '--os', '--dry-run'], told: ['--os needs a value'] }],
    ['a flag with a value that is neither yes nor no', { args: ['run', '101', '--dry-run=yes', '--mark-broken=1'], told: ['--dry-run: expected true or false, got "yes"', '--mark-broken: expected true or false, got "1"'] }],
  ])('%s', async ([, call], { place }) => expectRefusal(place, call))
})

describe('commands that cannot be taken', () => {
  test.concurrent.for<[string, BadCall]>([
    ['none', { args: [], told: ['which command? One of run, resume, report, destroy, mark, mark-fixed, doctor, servers, inventory, ports, thresholds, baseline, history, compare, simulator, config, completion; `rackbench --help` tells more'] }],
    ['none, but an option', { args: ['--hlep', '-v'], told: ['unknown option --hlep', 'unknown option -v', 'which command? One of run, resume, report, destroy, mark, mark-fixed, doctor, servers, inventory, ports, thresholds, baseline, history, compare, simulator, config, completion; `rackbench --help` tells more'] }],
    ['an unknown one, with the nearest', { args: ['resum', 'out'], told: ['unknown command "resum"; did you mean resume?'] }],
    ['an unknown one', { args: ['wipe', '101'], told: ['unknown command "wipe"'] }],
    ['a server in its place', { args: ['101'], told: ['unknown command "101"'] }],
    ['no run directory', { args: ['mark'], told: ['mark: which run directory? `rackbench mark rackbench-out`, say'] }],
    ['two run directories', { args: ['mark', 'a', 'b'], told: ['mark takes one run directory, not 2: "a" "b"'] }],
    ['an empty run directory', { args: ['destroy', ''], told: ['destroy: the run directory is empty'] }],
    ['a run directory that does not exist', { args: ['resume', 'nowhere'], told: ['<cwd>/nowhere/journal.jsonl does not exist: there is no run here'] }],
    ['a run directory behind -- that does not exist', { args: ['report', '--', 'nowhere'], told: ['<cwd>/nowhere/journal.jsonl does not exist: there is no run here'] }],
    ['a bad override of resume, before the directory is looked at', { args: ['resume', 'nowhere', '--concurrency', '0'], told: ['--concurrency: expected a whole number of at least 1, got "0"'] }],
  ])('%s', async ([, call], { place }) => expectRefusal(place, call))
})

const module = (members: string): Record<string, string> => ({ 'mine.mjs': `export default { ${members} }` })
const withMine = ['run', '101', '-p', './mine.mjs']

describe('provisioners that cannot be taken', () => {
  test.concurrent.for<[string, BadCall]>([
    ['an unknown type', { args: ['run', '101', '-p', 'simulatd'], told: ['--provisioner: expected simulated | http | command | ironic, or the path of a module, got "simulatd"; did you mean simulated?'] }],
    ['a module without ./', { args: ['run', '101', '-p', 'mine.mjs'], files: module(''), told: ['--provisioner: expected simulated | http | command | ironic, or the path of a module, got "mine.mjs"; for a module of your own write ./mine.mjs'] }],
    ['a module that does not exist', { args: withMine, told: ['--provisioner: there is no module <cwd>/mine.mjs'] }],
    ['a folder', { args: ['run', '101', '-p', './mine'], files: { 'mine/index.mjs': '' }, told: ['--provisioner: there is no module <cwd>/mine'] }],
    ['a module that lacks methods', { args: withMine, files: module('install() {}'), told: ['./mine.mjs: lacks destroy(), markAsBroken()'] }],
    ['a module that throws when it is imported', { args: withMine, files: { 'mine.mjs': 'throw new Error("no\\u001b[31m licence\\nat all")' }, told: ['./mine.mjs: cannot be imported: no licence'] }],
    ['a module that does not parse', { args: withMine, files: { 'mine.mjs': 'export default {' }, told: ['./mine.mjs: cannot be imported: SyntaxError: Unexpected end of input ("node --check ./mine.mjs" may tell where)'] }],
    ['a module without a default export', { args: withMine, files: { 'mine.mjs': 'export const x = 1' }, told: ['./mine.mjs: has no default export: export a provisioner, or a function (settings) => provisioner'] }],
    ['a module without a benchmark', { args: withMine, files: { 'mine.mjs': 'export default { name: "mine", install() {}, destroy() {}, markAsBroken() {} }' }, told: ['provisioner mine has no benchmark(), and nothing else is there to measure with: add one, or give a benchmark'] }],
    ['a simulation for another provisioner', { args: [...withMine, '--simulation', 's.yaml'], files: module(''), told: ['--simulation: only the simulated provisioner takes a simulation, and the provisioner is <cwd>/mine.mjs'] }],
    ['a simulation with faults', { args: ['run', '101', '--simulation', 's.yaml'], files: { 's.yaml': 'servers:\n  "1/2": {}\n  "3": { install: { takes: 5 } }\n' }, told: ['simulation: servers.3.install.takes: expected a duration such as 500ms, 90s or 2h, got 5', `simulation: servers: "1/2" is no server ID: a letter or digit, then letters, digits, ".", "_" or "-", at most 128`] }],
  ])('%s', async ([, call], { place }) => expectRefusal(place, call))
})

describe('configurations that cannot be taken', () => {
  const file = 'rackbench.config.yaml'
  test.concurrent.for<[string, BadCall]>([
    ['three faults, all told', { args: ['run', '101'], files: { [file]: 'concurrency: 0\nthresholds:\n  - { metric: cpu, min: 1 }\n  - { metric: disk, min: fast }\ntimeouts: { instal: 5m }\n' }, told: [`${file}: timeouts: unknown key "instal"; did you mean install?`, `${file}: concurrency: expected a whole number of at least 1, got 0`, `${file}: thresholds[1].min: expected a number, got "fast"`] }],
    ['broken YAML', { args: ['run', '101'], files: { [file]: 'servers: [101\n' }, told: [`${file}: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]`] }],
    ['a misspelt key and the settings of its provisioner, told together', { args: ['run', '101'], files: { 'rackbench.config.yaml': 'threshhold: 5\nprovisioner: { type: http, url: "ftp://u:hunter2@rack" }\n' }, told: [
      'rackbench.config.yaml: unknown key "threshhold"; did you mean threshold?',
      'provisioner: http: url: expected an address such as https://rack.example.com/api, got "ftp://***@rack"',
    ] }],
    ['a file that is missing', { args: ['run', '101', '--config', 'no.yaml'], told: ['--config: no.yaml: no such file'] }],
    [
      'faults of the command line, the file, the simulation and the servers, all told',
      {
        args: ['run', '0/4', '--concurency', '3', '--retries', '-1', '--simulation', 's.yaml'],
        files: { [file]: 'grace: 5\n', 's.yaml': 'defaults: { install: { takes: 5 } }' },
        told: [
          'unknown option --concurency; did you mean --concurrency?',
          '--retries: expected a whole number of at least 0, got "-1"',
          `${file}: grace: expected a duration (write 90s, 45m or 2h), got 5`,
          'simulation: defaults.install.takes: expected a duration such as 500ms, 90s or 2h, got 5',
          `"0/4" is not a server ID: ${rule}`,
        ],
      },
    ],
    ['a secret that is not set', { args: ['run', '101'], files: { [file]: 'provisioner: { type: simulated, token: "${TOKEN}" }' }, told: [`${file}: provisioner.token: the environment variable TOKEN is not set`, 'provisioner: simulated has no setting "token"; its only one is "simulation"'] }],
  ])('%s', async ([, call], { place }) => expectRefusal(place, call))
})

test.concurrent('a variable that cannot be taken is told with its name', async ({ place }) => {
  const { code, stdout, stderr } = await place.run(['run', '101'], { env: { RACKBENCH_CONCURRENCY: 'many', RACKBENCH_TOKEN: 'abc' } })
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: 'rackbench: RACKBENCH_CONCURRENCY: expected a whole number of at least 1, got "many"\nrackbench: RACKBENCH_TOKEN: too short for a secret: it takes at least 6 characters to be redacted\n',
  })
  expect(await place.files()).toEqual({})
})

describe('run directories that cannot be taken', () => {
  test.concurrent.for<[string, BadCall]>([
    ['a file', { args: ['run', '101', '--out', 'out'], files: { out: 'mine' }, told: ['cannot write to the run directory <cwd>/out: it is a file, not a directory'] }],
    ['under a file', { args: ['run', '101', '--out', 'out/deep'], files: { out: 'mine' }, told: ['cannot write to the run directory <cwd>/out/deep: a part of its path is a file, not a directory'] }],
  ])('%s', async ([, call], { place }) => expectRefusal(place, call))

  test.concurrent('one with a live run in it, by any command, which goes on unharmed', async ({ place }) => {
    await place.write('slow.yaml', 'defaults: { install: { hangs: true } }')
    const live = place.start(['run', '101', '--simulation', 'slow.yaml', '--progress', 'none'])
    await until(async () => (await eventsOf(join(place.folder, 'rackbench-out'))).some(({ type }) => type === 'step.started'), live)
    const { startedAt } = JSON.parse(await place.read('rackbench-out/rackbench.lock')) as { startedAt: string }
    const told = [`<cwd>/rackbench-out is in use: a rackbench with process ID ${live.pid} has been writing there since ${startedAt}`]
    const commands = [['run', '101'], ['run', '101', '--replace', '--force'], ...['resume', 'report', 'destroy', 'mark'].map((command) => [command, 'rackbench-out'])]
    const journal = await place.read('rackbench-out/journal.jsonl')
    for (const args of commands) await expectTold(place, { args, told })
    expect(await place.read('rackbench-out/journal.jsonl')).toBe(journal)
    live.signal('SIGTERM')
    expect(await live.ended).toMatchObject({ code: 143 })
  })

  test.concurrent('one with a died run in it, which is left to resume, destroy or --replace', async ({ place }) => {
    const lines = await endedJournal(place)
    const died = lines.slice(0, 3).join('')
    const out = '<cwd>/rackbench-out'
    const told = [`${out} holds a run that has died (it may hold 1 server): go on with \`rackbench resume ${out}\`, wipe with \`rackbench destroy ${out}\`, or add --replace to give it up`]
    await expectRefusal(place, { args: ['run', '101'], files: { 'rackbench-out/journal.jsonl': died }, told })
  })

  test.concurrent('one whose journal is cut short, foreign, newer or damaged, by any command that needs it', async ({ place }) => {
    const [first = '', ...rest] = await endedJournal(place)
    const journal = '<cwd>/rackbench-out/journal.jsonl'
    const damaged: Record<string, string> = {
      '': `${journal}: its first line is cut short: that run had not begun, there is nothing to go on with`,
      [first.slice(0, 100)]: `${journal}: its first line is cut short: that run had not begun, there is nothing to go on with`,
      'hello\nworld\n': `${journal} is not a rackbench journal: its first line is not run.started`,
      [first.replace('"version":1', '"version":2')]: `${journal} was written by a newer rackbench (journal version 2, this one reads 1): use that one`,
      [`${first}\u0000\u0000\n`]: `${journal}: line 2 is not an event of rackbench: it is not JSON: the journal is damaged`,
      [`${first}${rest[0]}${rest[0]}`]: `${journal}: line 3: turn 1 of server 101 comes after turn 1: the journal is damaged`,
      [`${first}${rest[0]!.replace('"server":"101"', '"server":"999"')}`]: `${journal}: line 2: server 999 is not in the plan: the journal is damaged`,
    }
    const commands = ['resume', 'report', 'destroy', 'mark']
    for (const [index, [content, told]] of Object.entries(damaged).entries()) {
      const args = [commands[index % commands.length]!, 'rackbench-out']
      await expectRefusal(place, { args, files: { 'rackbench-out/journal.jsonl': content }, told: [told] })
      // Refused by run too, but for a journal that has begun and holds nothing.
      const toldByRun = told.replace('there is nothing to go on with', 'and holds nothing; add --replace')
      await expectRefusal(place, { args: ['run', '101'], told: [toldByRun] })
    }
  })
})

/** The lines of a run of one server that has ended; its run directory is left empty of all else. */
async function endedJournal(place: Place): Promise<string[]> {
  await place.write('quick.yaml', 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }')
  expect(await place.run(['run', '101', '--simulation', 'quick.yaml'])).toMatchObject({ code: 0 })
  return (await place.read('rackbench-out/journal.jsonl')).split(/(?<=\n)/)
}

test.concurrent('a module that ends the process before its work is done is no verdict', async ({ place }) => {
  await place.write('mine.mjs', 'process.exit(0)')
  const { code, stdout, stderr } = await place.run(['run', '101', '-p', './mine.mjs'])
  expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: 'rackbench: the process ended before its work did: a fault of the provisioner, or of rackbench\n' })
})

describe('what a module throws while it is being opened', () => {
  const mine = '{ name: "mine", install() {}, benchmark: () => 80, destroy() {}, markAsBroken() {} }'
  test.concurrent.for<[string, string, string]>([
    ['by the function that it exports', 'export default ({ token }) => { throw new Error(`no ${token}`) }', './mine.mjs: its default export failed: no ***'],
    ['in a forgotten promise', `export default ({ token }) => { void Promise.reject(new Error(\`no \${token}\`)); return ${mine} }`, 'a fault outside of any step: Error: no *** at '],
    ['in a timer', `export default async ({ token }) => { setTimeout(() => { throw new Error(\`no \${token}\`) }); await new Promise((resolve) => setTimeout(resolve, 50)); return ${mine} }`, 'a fault outside of any step: Error: no *** at '],
    ['in a timer, being none', 'export default async ({ token }) => { setTimeout(() => { throw new Error(`no ${token}`) }); await new Promise((resolve) => setTimeout(resolve, 50)) }', 'a fault outside of any step: Error: no *** at '],
  ])('is told in one line without secrets: %s', async ([, source, told], { place }) => {
    await place.write('mine.mjs', source)
    await place.write('rackbench.config.yaml', 'provisioner: { type: ./mine.mjs, token: "${TOKEN}" }')
    const { code, stdout, stderr } = await place.run(['run', '101'], { env: { TOKEN: 'open-sesame' } })
    expect({ code, stdout, isTold: stderr.startsWith(`rackbench: ${told}`), isSecret: !stderr.includes('sesame') }).toEqual({ code: 2, stdout: '', isTold: true, isSecret: true })
    expect(stderr.trimEnd().split('\n').filter((line) => !line.startsWith('rackbench: '))).toEqual([])
  })

  test.concurrent('and just after it was opened, is a problem of the run', async ({ place }) => {
    // Thrown behind the last turn of opening, before there is a session.
    await place.write('mine.mjs', `export default ({ token }) => { setImmediate(() => setImmediate(() => { throw new Error(\`no \${token}\`) })); return ${mine} }`)
    await place.write('rackbench.config.yaml', 'provisioner: { type: ./mine.mjs, token: "${TOKEN}" }')
    const { code, stdout, stderr } = await place.run(['run', '101'], { env: { TOKEN: 'open-sesame' } })
    expect({ code, stderr, isTold: stdout.includes('a fault outside of any step: Error: no *** at '), isSecret: !stdout.includes('sesame') }).toEqual({ code: 3, stderr: '', isTold: true, isSecret: true })
  })
})

describe('words', () => {
  test.concurrent.for<[string, readonly string[], readonly string[], string?]>([
    ['numbers in every spelling', ['007', '1e5', '0x10', '0', '1_000', '1.50'], ['007', '1e5', '0x10', '0', '1_000', '1.50']],
    ['several in one argument', ['--', '101 102'], ['101', '102']],
    ['some before and some behind --', ['101', '--', '102'], ['101', '102']],
    ['standard input among others', ['101', '-', '104'], ['101', '102', '103', '104'], '102\n103 # spare\n'],
    ['standard input behind --', ['--', '-'], ['102'], '102'],
    ['true, null and help', ['null', '--', 'true', 'help'], ['null', 'true', 'help']],
    ['options between them', ['101', '-c', '3', '102', '--no-mark-broken', '103'], ['101', '102', '103']],
  ])('reach the plan untouched: %s', async ([, words, ids, stdin], { place }) => {
    const { code, stdout, stderr } = await place.run(['run', '--dry-run', ...words], stdin === undefined ? {} : { stdin })
    expect({ code, stderr, servers: stdout.split('\n')[0] }).toEqual({ code: 0, stderr: '', servers: `servers      ${ids.length}: ${ids.join(' ')}` })
  })
})

test.concurrent('--dry-run prints the plan, of an option given twice the last, and touches nothing', async ({ place }) => {
  await place.write('mine.mjs', 'export default { name: "mine", install() {}, destroy() {}, markAsBroken() {}, benchmark() {}, check() { throw new Error("asked") } }')
  const before = await place.files()
  const { code, stdout, stderr } = await place.run(['run', '101-130', '101', '-p', './mine.mjs', '--out', 'a', '--out', 'b', '--max-broken=10%', '--deadline=3h', '--destroy=always', '--dry-run'])
  expect({ code, stdout: stdout.replaceAll(place.folder, '<cwd>'), stderr }).toEqual({
    code: 0,
    stdout: [
      'servers      30: 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 and 10 more',
      'provisioner  mine (<cwd>/mine.mjs)',
      'os           debian-12',
      'at a time    15',
      'threshold    score at least 50',
      'wiping       always',
      'marking      at most 3 servers; 5 alike failures in a row stop the start of more',
      'limits       install 1h, benchmark 4h, destroy 2h, mark 2m, all in 3h',
      'directory    <cwd>/b',
      '1 duplicate ID dropped',
      '',
    ].join('\n'),
    stderr: '',
  })
  expect(await place.files()).toEqual(before)
})

describe('help', () => {
  test.concurrent('names the commands and the exit codes', async ({ place }) => {
    const { code, stdout, stderr } = await place.run(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of ['rackbench run [servers..]', 'rackbench mark <dir>', 'Exit codes: 0 all passed, 1 some failed, 2 usage, 3 not complete']) expect(stdout).toContain(line)
  })

  test.concurrent.for(Object.entries(declared))('of %s has its options in groups, and its examples', async ([name, { options, examples, takes }], { place }) => {
    const { code, stdout, stderr } = await place.run([name, '--help'])
    const shown = [...stdout.matchAll(/^ +(?:-\w, )?--([a-z-]+) /gm)].map(([, option]) => option)
    expect({ code, stderr, usage: stdout.split('\n')[0], shown: new Set(shown) }).toEqual({
      code: 0,
      stderr: '',
      usage: `rackbench ${name} ${takes}`.trimEnd(),
      shown: new Set([...Object.keys(options), 'help', 'version']),
    })
    for (const group of new Set(Object.values(options).map((option) => option.group))) expect(stdout).toContain(`\n${group}\n`)
    const flat = stdout.replaceAll(/\s+/g, '')
    for (const [example] of examples) expect(flat).toContain(example.replace('$0', 'rackbench').split(' ')[1])
  })

  test('offers just the settings that config reads', () => {
    expect(Object.keys(runOptions).toSorted()).toEqual([...flagNames].toSorted())
    expect(Object.keys(doctorOptions).toSorted()).toEqual([...flagNames, 'format', 'answer-within'].toSorted())
    expect(Object.keys(resumeOptions).toSorted()).toEqual([...resumeFlagNames, 'force', 'progress'].toSorted())
  })

  test.concurrent('--version tells the version of the package', async ({ place }) => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }
    expect(await place.run(['--version'])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
  })
})
