import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { declared } from '../src/cli/declared.ts'
import { flagNames, invocationOnly, keysOf } from '../src/config/settings.ts'
import { programOptions } from '../src/config/program.ts'
import type { BenchmarkOptions } from '../src/index.ts'
import { factSchema, runEventSchema } from '../src/model/event.ts'
import { failureSchema } from '../src/model/fault.ts'
import { planSchema } from '../src/model/plan.ts'
import type { Block } from './fixtures/blocks.ts'
import { blocksOf } from './fixtures/blocks.ts'
import { checkout, exists, holds, main, sh } from './fixtures/shell.ts'

/*
 * Examples of the documents are run here. A comment just before a block says what is special about it, its parts separated by ";":
 *   <!-- test: exit 1 -->              it ends with 1 and not 0
 *   <!-- test: given a died run -->    the run directory is one of `prepare` below; otherwise there is none
 *   <!-- test: file mine.mjs -->       the block becomes a file, for those that follow in its document
 *   <!-- test: config -->              with the document's last yaml block as rackbench.config.yaml
 *   <!-- test: simulation -->          a yaml block that is a simulation file, and not a configuration
 */

/** Too long for a test: they build the package and run this very suite. */
const notRun = ['npm ci && npm start   # the main job on a simulated rack: 36 servers, some fail by design, 15 seconds', 'npm ci && npm test', 'npm ci && npm run check']

/** Their examples need more than a folder: test/system/ironic-docs.test.ts has a real Ironic. */
const ofOtherTests = new Set(['docs/ironic.md'])

const inDocs = (await readdir(join(checkout, 'docs'), { recursive: true })).filter((name) => name.endsWith('.md')).sort()
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs.map((name) => `docs/${name}`)]

const read = async (document: string): Promise<string> => readFile(join(checkout, document), 'utf8')
const blocks = new Map(await Promise.all(documents.map(async (document) => [document, blocksOf(await read(document))] as const)))

const quickRack = `
defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }
servers:
  "106": { install: { fails: "PXE boot timed out" } }
  "107": { benchmark: { score: 20 } }
`
const hangingRack = 'defaults: { install: { takes: 1ms }, benchmark: { hangs: true }, destroy: { takes: 1ms } }\nservers: { "101": { benchmark: { takes: 1ms, hangs: false } } }\n'

/** Stands for the program that the module of the README calls. */
const rackctl = '#!/bin/sh\ntest "$1" != benchmark || echo 81.5\n'

let root = ''
const env = { RACKBENCH_CONFIG: '', XDG_CACHE_HOME: '', RACK_TOKEN: 'a-token-for-tests', NETBOX_TOKEN: 'a-token-for-tests' }
const bin = (): string => join(root, 'bin')
const prepared = (given: string): string => join(root, 'given', given.replaceAll(' ', '-'))

async function program(path: string, content: string): Promise<void> {
  await writeFile(path, content)
  await chmod(path, 0o755)
}

/** The run directories that examples begin with. */
async function prepare(): Promise<void> {
  const runIn = async (given: string, options: string, rack: string) => {
    await mkdir(prepared(given), { recursive: true })
    await writeFile(join(prepared(given), 'rack.yaml'), rack)
    return sh(`exec rackbench run 101-108 --simulation rack.yaml ${options}`, { cwd: prepared(given), bin: bin() })
  }
  const dying = await runIn('a died run', '', hangingRack)
  await holds(join(prepared('a died run'), 'rackbench-out/journal.jsonl'), '"102","step":"benchmark"')
  dying.child.kill('SIGKILL')
  const [, ended, braked] = await Promise.all([dying.ended, (await runIn('a run', '', quickRack)).ended, (await runIn('a braked run', '--max-broken 0', quickRack)).ended])
  expect([ended.code, braked.code]).toEqual([1, 3])
  // Its benchmarks hung so that it could be killed at leisure; whoever goes on with it need not wait for ever.
  const journal = join(prepared('a died run'), 'rackbench-out/journal.jsonl')
  await writeFile(journal, (await readFile(journal, 'utf8')).replaceAll('"hangs":true', '"hangs":false'))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rackbench-docs-'))
  env.RACKBENCH_CONFIG = join(root, 'quick.yaml')
  env.XDG_CACHE_HOME = join(root, 'cache')
  await mkdir(bin())
  await mkdir(join(root, 'node_modules'))
  await symlink(checkout, join(root, 'node_modules/rackbench'))
  await program(join(bin(), 'rackbench'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  await writeFile(join(root, 'quick.yaml'), 'simulation: rack.yaml\n')
  await writeFile(join(root, 'rack.yaml'), quickRack)
  await prepare()
})
afterAll(() => rm(root, { recursive: true }))

/** A folder as the reader of a document has it. */
async function folderFor(document: string): Promise<string> {
  const folder = join(root, 'documents', document.replaceAll('/', '-'))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'fleet.txt'), '101 102 # the first two\nnode-01\n')
  await writeFile(join(folder, 'rack.yaml'), quickRack)
  await cp(join(checkout, 'examples/module/rack.mjs'), join(folder, 'rack.mjs'))
  await cp(join(checkout, 'examples/command'), join(folder, 'command'), { recursive: true })
  await writeFile(join(folder, 'machines.yaml'), 'provisioner: { type: ./rack.mjs, directory: machines, takes: { install: 1, benchmark: 1, destroy: 1 }, fails: { "104": { install: no lease } } }\n')
  await program(join(folder, 'rackctl'), rackctl)
  for (const { file, text } of blocks.get(document) ?? []) if (file !== undefined) await writeFile(join(folder, file), `${text}\n`)
  return folder
}

async function runBlock({ text, given, marks }: Block, folder: string, config: string | undefined): Promise<{ readonly code: number | null; readonly stderr: string }> {
  await rm(join(folder, 'rackbench-out'), { recursive: true, force: true })
  if (given !== undefined && (await exists(prepared(given)))) await cp(join(prepared(given), 'rackbench-out'), join(folder, 'rackbench-out'), { recursive: true })
  if (marks.includes('config')) await writeFile(join(folder, 'rackbench.config.yaml'), config ?? '')
  const { RACK_TOKEN, XDG_CACHE_HOME, ...quick } = env
  return sh(text, { cwd: folder, bin: bin(), env: { RACK_TOKEN, XDG_CACHE_HOME, ...(!marks.includes('config') && quick) } }).ended
}

describe('the examples', () => {
  const isRun = ({ language, text }: Block): boolean => language === 'sh' && !notRun.includes(text)

  for (const [document, all] of blocks) {
    if (!all.some(isRun) || ofOtherTests.has(document)) continue
    test.concurrent(`of ${document} can be typed as they stand`, async () => {
      const folder = await folderFor(document)
      const wrong: string[] = []
      for (const [index, block] of all.entries()) {
        if (!isRun(block)) continue
        const config = all.slice(0, index).findLast(({ language }) => language === 'yaml')?.text
        const { code, stderr } = await runBlock(block, folder, config)
        if (code !== block.exit) wrong.push(`line ${block.line}: ${block.text}: exit ${code}, not ${block.exit}\n${stderr}`)
      }
      expect(wrong).toEqual([])
    })
  }

  test('that take too long to be run here are in the documents at all', () => {
    const texts = new Set([...blocks.values()].flat().map(({ text }) => text))
    expect(notRun.filter((text) => !texts.has(text))).toEqual([])
  })
})

describe('only examples that rackbench takes are in', () => {
  test.each(['docs/configuration.md', 'docs/benchmarks.md', 'docs/inventory.md'])('%s', async (document) => {
    const folder = await folderFor(document)
    const files = (blocks.get(document) ?? []).filter(({ language }) => language === 'yaml')
    const wrong = await Promise.all(
      files.map(async ({ text, marks, line }, index) => {
        await writeFile(join(folder, `${index}.yaml`), text)
        const option = marks.includes('simulation') ? '--simulation' : '--config'
        const { code, stderr } = await sh(`rackbench run --dry-run ${option} ${index}.yaml 101`, { cwd: folder, bin: bin(), env: { RACK_TOKEN: env.RACK_TOKEN, NETBOX_TOKEN: env.NETBOX_TOKEN } }).ended
        return code === 0 ? [] : [`line ${line}: ${stderr}`]
      }),
    )
    expect(files.length).toBeGreaterThan(2)
    expect(wrong.flat()).toEqual([])
  })
})

describe('docs/configuration.md', () => {
  test('names every setting, by its flag and by its key', async () => {
    const rows = (await read('docs/configuration.md')).split('\n').filter((line) => line.startsWith('| `--'))
    const told = new Map(rows.map((row) => row.split('|').slice(1, 3).map((cell) => /`([^`]*)`/.exec(cell)?.[1] ?? '') as [string, string]))
    expect(told).toEqual(new Map(flagNames.map((name) => [`--${name}`, invocationOnly.includes(name) ? '' : keysOf(name).join('.')])))
  })
})

describe('docs/library.md', () => {
  test('names every option in its table, as the types have them', async () => {
    const rows = (await read('docs/library.md')).split('\n').flatMap((line) => /^\| `(\w+)`/.exec(line)?.[1] ?? [])
    const typed: Record<keyof BenchmarkOptions, true> = {
      os: true, threshold: true, thresholds: true, unmatched: true, retest: true, benchmark: true, concurrency: true, destroy: true, markBroken: true, maxBroken: true, maxAlike: true, retries: true, maxOutage: true, timeouts: true,
      grace: true, deadline: true, wipeReserve: true, signal: true, onEvent: true, onLine: true, secrets: true, gateOpen: true, gateClosed: true, out: true, replace: true, force: true, suite: true, attach: true, logLevel: true, logFormat: true,
    }
    expect(rows.toSorted()).toEqual(Object.keys(typed).toSorted())
    expect(rows.toSorted()).toEqual(programOptions.toSorted())
  })
})

describe('the documents', () => {
  test('name only options that there are', async () => {
    const own = Object.values(declared).flatMap(({ options }) => Object.keys(options))
    const known = new Set([...own, 'help', 'version', 'no-mark-broken'])
    const others = new Set(['check', 'include', 'scale'])
    const named = (await Promise.all(documents.map(read))).flatMap((text) => [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = '']) => name))
    expect([...new Set(named)].filter((name) => !known.has(name) && !others.has(name))).toEqual([])
    expect(named.length).toBeGreaterThan(50)
  })

  test('link only to files and headings that there are', async () => {
    const headings = (text: string): Set<string> => new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-')))
    const broken: string[] = []
    for (const document of documents) {
      const text = await read(document)
      for (const [, link = ''] of text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/\]\(([^)]+)\)/g)) {
        const [path = '', anchor] = link.split('#')
        if (/^https?:/.test(path)) continue
        const target = path === '' ? document : join(dirname(document), path)
        if (!(await exists(join(checkout, target)))) broken.push(`${document}: ${link}`)
        else if (anchor !== undefined && !headings(await read(target)).has(anchor)) broken.push(`${document}: ${link}`)
      }
    }
    expect(broken).toEqual([])
  })
})

describe('docs/journal.md', () => {
  /** Every event type, and all fields that it can have. */
  function eventsOfSchema(): Map<string, Set<string>> {
    const events = new Map<string, Set<string>>()
    for (const { shape } of factSchema.options.flatMap(({ options }): readonly z.ZodObject[] => options)) {
      const { type, ...fields } = shape
      const [name = ''] = (type as z.ZodLiteral<string>).values
      events.set(name, new Set([...(events.get(name) ?? []), ...Object.keys(fields)]))
    }
    return events
  }

  const sectionsOf = (text: string): Map<string, string> => new Map(text.split(/^## /m).slice(1).map((section) => [section.split('\n', 1)[0] ?? '', section]))
  const fieldsIn = (section = ''): Set<string> => new Set([...section.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = '']) => names.replaceAll('`', '').split(', ')))

  test('tells every event and every field, and no others', async () => {
    const sections = sectionsOf(await read('docs/journal.md'))
    const told = [...sections].filter(([title]) => title.includes('.')).map(([title, section]) => [title, fieldsIn(section)] as const)
    expect(new Map(told)).toEqual(eventsOfSchema())
    expect(fieldsIn(sections.get('A failure'))).toEqual(new Set(Object.keys(failureSchema.shape)))
    expect(fieldsIn(sections.get('The plan'))).toEqual(new Set(Object.keys(planSchema.shape)))
  })

  test('has an example of each event, which a journal could hold', () => {
    const examples = (blocks.get('docs/journal.md') ?? []).filter(({ language }) => language === 'json').flatMap(({ text }) => text.split('\n'))
    const events = examples.map((line) => runEventSchema.parse(JSON.parse(line)))
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(eventsOfSchema().keys()))
    expect(events.map((event) => JSON.stringify(event).length)).toEqual(examples.map((line) => line.length))
  })
})
