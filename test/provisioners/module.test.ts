import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { loadModule } from '../../src/provisioners/module.ts'

const server: Server = { id: '101' as ServerId, labels: {} }
const context: StepContext = { signal: new AbortController().signal, log: () => {}, attempt: 1, idempotencyKey: 'r/101/install/1' }
const steps = 'async install() {}, async destroy() {}, async markAsBroken() {}'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rackbench-module-'))
})
afterEach(() => rm(directory, { recursive: true }))

async function load(code: string, settings: Record<string, unknown> = {}, name = 'mine.mjs'): Promise<Provisioner> {
  await writeFile(join(directory, name), code)
  return loadModule(join(directory, name), settings, directory)
}

/** The lines that a module is refused with. */
async function problems(loading: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await loading.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UsageError)
  return (error as UsageError).problems
}

describe('a module', () => {
  test('may export an object, and is named after its file unless it has a name', async () => {
    expect((await load(`export default { ${steps} }`)).name).toBe('mine')
    expect((await load(`export default { name: 'hetzner', ${steps} }`, {}, 'other.mjs')).name).toBe('hetzner')
  })

  test('may export a function of its settings, also one that takes its time', async () => {
    const code = `export default async ({ score }) => ({ ${steps}, async benchmark() { return score } })`
    expect(await (await load(code, { score: 61 })).benchmark!(server, context)).toBe(61)
  })

  test('may be written in CommonJS', async () => {
    expect((await load(`module.exports = { name: 'old', ${steps} }`, {}, 'mine.cjs')).name).toBe('old')
  })

  test('keeps the `this` of its methods, also those of a class', async () => {
    const rack = await load(`
      class Rack {
        #installed = []
        name = 'of a class'
        async install({ id }, os) { this.#installed.push(id); return { facts: { os, installed: this.#installed.join() } } }
        async destroy() {}
        async markAsBroken() {}
      }
      export default new Rack()`)
    expect(await rack.install(server, 'debian-12', context)).toEqual({ facts: { os: 'debian-12', installed: '101' } })
  })

  test('has the members that it has, and no others', async () => {
    const rack = await load(`export default { ${steps}, close() {}, check: undefined, list: null, release() {}, password: 'hunter2' }`)
    expect(Object.keys(rack).sort()).toEqual(['close', 'destroy', 'install', 'markAsBroken', 'name', 'release'])
  })
})

describe('a module is refused in one line', () => {
  test('if there is none', async () => {
    expect(await problems(loadModule(join(directory, 'none.mjs'), {}, directory))).toEqual(['./none.mjs: there is no such file'])
    expect(await problems(loadModule('/nowhere/none.mjs', {}, directory))).toEqual(['/nowhere/none.mjs: there is no such file'])
  })

  test('if it is a directory', async () => {
    await mkdir(join(directory, 'rack'))
    expect(await problems(loadModule(join(directory, 'rack'), {}, directory))).toEqual(['./rack: is not a file'])
  })

  test('if it cannot be read as a module', async () => {
    expect(await problems(load('export default {'))).toEqual([expect.stringMatching(/^\.\/mine\.mjs: cannot be imported: .{5,300}$/)])
  })

  test.each([
    ['throw new Error("no credentials\\n    at line 2")', 'cannot be imported: no credentials'],
    ['throw new TypeError("\\u001b[31mred\\u001b[39m")', 'cannot be imported: TypeError: red'],
    ['throw null', 'cannot be imported: null'],
    ['export const rack = {}', 'has no default export: export a provisioner, or a function (settings) => provisioner'],
    ['export default class Rack { install() {} destroy() {} markAsBroken() {} }', 'its default export is a class: export an instance of it, or a function (settings) => provisioner'],
    ['export default () => { throw new Error("needs a directory\\nand more") }', 'its default export failed: needs a directory'],
    ['export default async () => { throw "no" }', 'its default export failed: "no"'],
    ['export default () => {}', 'its default export answered undefined, not a provisioner'],
    ['export default async () => 5', 'its default export answered 5, not a provisioner'],
    ['export default "rack"', 'its default export is "rack", not a provisioner'],
    ['export default { async install() {}, async destroy() {} }', 'lacks markAsBroken()'],
    ['export default { async destroy() {} }', 'lacks install(), markAsBroken()'],
  ])('%s', async (code, problem) => {
    expect(await problems(load(code))).toEqual([`./mine.mjs: ${problem}`])
  })

  test('for each thing that is wrong with it', async () => {
    const code = 'export default { name: "a\\nb", install: 5, async destroy() {}, list: [], close: "now" }'
    expect(await problems(load(code))).toEqual([
      './mine.mjs: lacks markAsBroken()',
      './mine.mjs: install is 5, not a function',
      './mine.mjs: list is an array, not a function',
      './mine.mjs: close is "now", not a function',
      './mine.mjs: name is "a\\nb", not a text of one line, at most 100 characters',
    ])
  })
})
