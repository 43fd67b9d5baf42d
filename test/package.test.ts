import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ran } from './fixtures/shell.ts'
import { checkout, exists, start } from './fixtures/shell.ts'

/*
 * The package as its users have it: packed, unpacked into a folder of its own, with the dependencies that it names and no
 * others. `.ci/smoke` installs it with npm, which takes a network.
 */

let root = ''
const installed = (): string => join(root, 'node_modules/rackbench')
const run = (command: readonly [string, ...string[]]): Promise<Ran> => start(command, { cwd: root }).ended

async function link(name: string): Promise<void> {
  await mkdir(dirname(join(root, 'node_modules', name)), { recursive: true })
  await symlink(join(checkout, 'node_modules', name), join(root, 'node_modules', name))
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(installed(), folder), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(installed().length + 1))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rackbench-package-'))
  await mkdir(installed(), { recursive: true })
  // Without scripts: they would build anew what other tests are using.
  const packed = await start(['npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', root], { cwd: checkout }).ended
  expect(packed).toEqual(expect.objectContaining({ code: 0 }))
  expect((await run(['tar', '-xzf', packed.stdout.trim(), '-C', installed(), '--strip-components', '1'])).code).toBe(0)
  const { dependencies } = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> }
  await Promise.all(Object.keys(dependencies).map(link))
  await writeFile(join(root, 'package.json'), '{ "type": "module" }\n')
})
afterAll(() => rm(root, { recursive: true }))

test('it holds what is built, documents and examples, and neither tests nor sources', async () => {
  const names = (await filesIn('.')).sort()
  const isBuilt = (name: string): boolean => /^dist\/.*(?<!\.test)\.(?:js|d\.ts)$/.test(name)
  const others = names.filter((name) => !isBuilt(name) && !name.startsWith('docs/'))
  expect(others).toEqual([
    'CHANGELOG.md', 'Jenkinsfile', 'LICENSE', 'README.md',
    'completion/rackbench.bash', 'completion/rackbench.fish', 'completion/rackbench.zsh',
    'examples/command/benchmark.sh', 'examples/command/destroy.sh', 'examples/command/install.sh', 'examples/command/mark-broken.sh', 'examples/command/rackbench.config.yaml',
    'examples/library/benchmark.mjs', 'examples/module/rack.mjs', 'package.json',
  ])
  const documents = (await readdir(join(checkout, 'docs'), { recursive: true })).filter((name) => name.includes('.')).map((name) => `docs/${name}`)
  expect(names.filter((name) => name.startsWith('docs/'))).toEqual(documents.sort())
  expect(names).toEqual(expect.arrayContaining(['dist/cli/main.js', 'dist/index.js', 'dist/index.d.ts']))
})

test('nothing in it refers to a file that is not there', async () => {
  const broken: string[] = []
  for (const name of await filesIn('dist')) {
    const text = await readFile(join(installed(), name), 'utf8')
    if (text.includes('sourceMappingURL')) broken.push(`${name}: a source map`)
    for (const [, specifier = ''] of text.matchAll(/(?:from |import\(|import )['"](\.[^'"]+)['"]/g)) {
      // Declarations name sources; TypeScript finds the declarations beside them.
      const target = name.endsWith('.d.ts') ? specifier.replace(/\.ts$/, '.d.ts') : specifier
      if (!(await exists(join(installed(), dirname(name), target)))) broken.push(`${name}: ${specifier}`)
    }
  }
  expect(broken).toEqual([])
})

test('its command tells its version and help, and runs', async () => {
  const { bin, version } = JSON.parse(await readFile(join(installed(), 'package.json'), 'utf8')) as { readonly bin: { readonly rackbench: string }; readonly version: string }
  const main = join(installed(), bin.rackbench)
  expect((await readFile(main, 'utf8')).split('\n', 1)).toEqual(['#!/usr/bin/env node'])
  expect(await run([process.execPath, main, '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  expect((await run([process.execPath, main, '--help'])).stdout).toContain('rackbench run [servers..]')
  await writeFile(join(root, 'rack.yaml'), 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\nservers: { "102": { benchmark: { score: 31 } } }\n')
  const { code, stdout } = await run([process.execPath, main, 'run', '101-103', '--simulation', 'rack.yaml'])
  expect([code, stdout]).toEqual([1, expect.stringContaining('2 passed, 1 failed, 0 skipped of 3 servers')])
  expect(await readFile(join(root, 'rackbench-out/junit.xml'), 'utf8')).toContain('tests="3" failures="1" errors="0"')
})

test('a script imports it, and so does its own example', async () => {
  const { code, stdout } = await run([process.execPath, join(installed(), 'examples/library/benchmark.mjs')])
  expect([code, stdout]).toEqual([1, expect.stringContaining('passed:  101 104\nfailed:  102 103\n')])
  await writeFile(join(root, 'script.mjs'), "import * as face from 'rackbench'\nconsole.log(Object.keys(face).join(' '))\n")
  expect((await run([process.execPath, 'script.mjs'])).stdout).toBe(
    'DefectError MeasurementError PerformanceError ProvisionerUnavailableError RequestRefusedError ServerNotOursError ServerOperationError StepTimeoutError UnknownServerError UsageError benchmarkServers log\n',
  )
})

/** Not a file of the checkout: there it would be checked against the sources. */
const strictProgram = `import type { BenchmarkResult, Provisioner, RunEvent, Server, StepContext } from 'rackbench'
import { ServerOperationError, UsageError, benchmarkServers } from 'rackbench'

class Rack implements Provisioner {
  readonly name = 'rack'
  async install({ id }: Server, os: string, { log, signal }: StepContext): Promise<void> {
    signal.throwIfAborted()
    log('installing ' + os)
    if (id === '103') throw new ServerOperationError('PXE boot timed out', { retryable: false })
  }
  async benchmark({ id }: Server): Promise<number> {
    return id === '102' ? 31 : 80
  }
  async destroy(): Promise<void> {}
  async markAsBroken(_server: Server, _reason: string): Promise<void> {}
}

const events: RunEvent[] = []
const result: BenchmarkResult = await benchmarkServers(new Rack(), ['101', 102, { id: '103', labels: { rack: 'r1' } }], { maxBroken: '10%', timeouts: { install: 60_000 }, onEvent: (event) => events.push(event) })
const score: number | undefined = result.servers[0]?.metrics['score']
const kind: 'run.started' | undefined = events.find((event) => event.type === 'run.started')?.type
// @ts-expect-error -- an option that there is not
const wrong: unknown = await benchmarkServers(new Rack(), ['101'], { concurency: 3 }).catch((error: unknown) => error instanceof UsageError && error.problems)
console.log(result.passed, result.failed, score, kind, wrong)
`

const tsc = join(checkout, 'node_modules/.bin/tsc')
const strictly = ['--noEmit', '--module', 'nodenext', '--target', 'es2023', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck', 'false'] as const

test.each([
  ['@types/node', ['--types', 'node']],
  ['the library dom and without @types/node', ['--lib', 'es2023,dom', '--types', '']],
])('its types hold for a strict program with %s', async (_with, options) => {
  if (options.includes('node')) await link('@types/node')
  await writeFile(join(root, 'consumer.ts'), strictProgram)
  expect(await run([tsc, ...strictly, ...options, 'consumer.ts'])).toEqual({ code: 0, stdout: '', stderr: '' })
})
