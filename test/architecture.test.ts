import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The rooms of the design, section 2. Everyone may use the model, and everyone but the model the clients; nobody uses another neighbour. */
const rooms = new Set(['model', 'config', 'run', 'clients', 'provisioners', 'benchmarks', 'inventory', 'ports', 'reporters', 'history', 'simulator', 'library', 'cli'])

/** An import at run time of what only the user knows. */
const anything = 'anything'

/** What single files may use besides: the simulated provisioner is a face of the simulator, and a module is the user's. */
const exceptions: Readonly<Record<string, string>> = { 'provisioners/simulated.ts': 'simulator', 'provisioners/module.ts': anything }

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .toSorted()
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> }

/** Rooms, packages, `node:`: whatever a file imports, hands on, or imports at run time. */
function importsOf(file: string, source: string = readFileSync(join('src', file), 'utf8')): string[] {
  const statements = /^(?:import|export)\s+(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*(?:['"]([^'"]+)['"])?/gm
  return [...source.matchAll(statements)].map(([, atOnce, later]) => target(file, atOnce ?? later))
}

function target(file: string, specifier: string | undefined): string {
  if (specifier === undefined) return anything
  if (specifier.startsWith('node:')) return 'node:'
  if (!specifier.startsWith('.')) return /^(?:@[\w-]+\/)?[\w.-]+/.exec(specifier)?.[0] ?? specifier
  const path = new URL(specifier, `file:///src/${file}`).pathname
  return path.startsWith('/src/') ? roomOf(path.slice('/src/'.length)) : path
}

function roomOf(file: string): string {
  return file.includes('/') ? file.split('/')[0]! : file
}

function isAllowed(file: string, used: string): boolean {
  const room = roomOf(file)
  if (used === room || used === exceptions[file]) return true
  if (room === 'model') return used === 'zod'
  if (used === 'model' || used === 'clients' || used === 'node:' || used in dependencies) return true
  if (room === 'library') return rooms.has(used) && used !== 'cli'
  return (room === 'cli' || room === 'index.ts') && rooms.has(used)
}

describe('no file imports what the rooms of the design do not allow:', () => {
  test.each(files)('%s', (file) => {
    expect(importsOf(file).filter((used) => !isAllowed(file, used))).toEqual([])
  })
})

test('every file is in a room that the design knows, or is the face of the library', () => {
  expect(files.map(roomOf).filter((room) => room !== 'index.ts' && !rooms.has(room))).toEqual([])
})

test.each([
  ['yargs', ['cli/']],
  ['p-map', ['run/', 'inventory/', 'ports/']],
  ['winston', ['reporters/']],
  ['junit-report-builder', ['reporters/']],
])('%s is known only to %s', (used, where) => {
  expect(files.filter((file) => importsOf(file).includes(used) && !where.some((room) => file.startsWith(room)))).toEqual([])
})

describe('the check itself judges rightly of', () => {
  test.each<[string, string, string, boolean]>([
    ['a neighbour', 'run/x.ts', "import { a } from '../config/a.ts'", false],
    ['a type of a neighbour', 'reporters/x.ts', "import type { A } from '../run/a.ts'", false],
    ['an import over several lines', 'run/x.ts', "import {\n  a,\n  b,\n} from '../reporters/a.ts'", false],
    ['an import for its effect', 'model/x.ts', "import 'node:fs'", false],
    ['what is handed on', 'config/x.ts', "export { a } from '../cli/a.ts'", false],
    ['an import at run time', 'run/x.ts', "const a = await import('../cli/a.ts')", false],
    ['an import at run time of who knows what', 'run/x.ts', 'const a = await import(name)', false],
    ["a module of the user's", 'provisioners/module.ts', 'const a = await import(url)', true],
    ['Node.js in the model', 'model/x.ts', "import { open } from 'node:fs/promises'", false],
    ['a package in the model', 'model/x.ts', "import pMap from 'p-map'", false],
    ['zod in the model', 'model/x.ts', "import * as z from 'zod/mini'", true],
    ['the clients in the model', 'model/x.ts', "import { a } from '../clients/http.ts'", false],
    ['the clients elsewhere', 'provisioners/http.ts', "import { a } from '../clients/http.ts'", true],
    ['the model', 'run/x.ts', "import type { Plan } from '../model/plan.ts'", true],
    ['a file of the same room', 'run/x.ts', "import { a } from './deeper/a.ts'", true],
    ['the simulator', 'provisioners/simulated.ts', "import { a } from '../simulator/a.ts'", true],
    ['the simulator, from elsewhere', 'provisioners/http.ts', "import { a } from '../simulator/a.ts'", false],
    ['everyone, from the command line', 'cli/x.ts', "import { a } from '../run/a.ts'", true],
    ['everyone, from the library', 'library/x.ts', "import { a } from '../run/a.ts'", true],
    ['the command line, from the library', 'library/x.ts', "import { a } from '../cli/a.ts'", false],
    ['the library, from the command line', 'cli/x.ts', "import { a } from '../library/a.ts'", true],
    ['everyone, from the face of the library', 'index.ts', "export { a } from './run/a.ts'", true],
    ['the face of the library, from a room', 'run/x.ts', "import { a } from '../index.ts'", false],
    ['a package that nobody depends upon', 'run/x.ts', "import chalk from 'chalk'", false],
    ['a way out of the sources', 'run/x.ts', "import { a } from '../../test/a.ts'", false],
  ])('%s', (_what, file, source, allowed) => {
    const found = importsOf(file, source)
    expect([found.length, found.every((used) => isAllowed(file, used))]).toEqual([1, allowed])
  })
})
