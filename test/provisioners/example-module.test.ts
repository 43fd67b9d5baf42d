import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { loadModule } from '../../src/provisioners/module.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { rackMachine } from '../fixtures/rack-machine.ts'

const path = join(import.meta.dirname, '../../examples/module/rack.mjs')
const serverOf = (id: string): Server => ({ id: id as ServerId, labels: {} })
const makeDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'rackbench-machines-'))

provisionerContract('examples/module/rack.mjs', async () => {
  const directory = await makeDirectory()
  const settings = {
    directory,
    servers: ['101', '102', '103'],
    takes: { install: 300, benchmark: 5, destroy: 5 },
    fails: { '103': { install: 'PXE boot timed out' } },
    token: 'hunter2-hunter2',
  }
  return {
    server: serverOf('101'),
    slow: serverOf('102'),
    lasting: serverOf('101'),
    failing: { server: serverOf('103'), message: 'PXE boot timed out' },
    stranger: serverOf('999'),
    adapter: () => loadModule(path, settings),
    async stateOf({ id }) {
      const { state } = await rackMachine(directory, id)
      return state === 'clean' || state === 'installed' ? state : 'in between'
    },
    isMarked: async ({ id }) => (await rackMachine(directory, id)).marks.length > 0,
    installsOf: async ({ id }) => (await rackMachine(directory, id)).operations.filter(({ step }) => step === 'install').length,
    secrets: ['hunter2-hunter2'],
    elsewhere: `const { default: rack } = await import(${JSON.stringify(pathToFileURL(path).href)})\nconst provisioner = await rack(${JSON.stringify(settings)})`,
    cannot: { cutOff: 'nothing lies between the adapter and its machines, which are files' },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
})

describe('examples/module/rack.mjs', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await makeDirectory()
  })
  afterEach(() => rm(directory, { recursive: true }))

  const open = (settings: Record<string, unknown> = {}): Promise<Provisioner> => loadModule(path, { directory, takes: { install: 0, destroy: 0 }, ...settings })
  const contextOf = (idempotencyKey: string): StepContext => ({ signal: new AbortController().signal, log: () => {}, attempt: 1, idempotencyKey })

  test('no operation is lost when processes work on one machine at once', async () => {
    const children = ['a', 'b', 'c'].map((name) => run(`
      const { default: rack } = await import(${JSON.stringify(pathToFileURL(path).href)})
      const { destroy } = rack(${JSON.stringify({ directory, takes: { destroy: 0 } })})
      for (let n = 1; n <= 20; n++) {
        const context = { signal: new AbortController().signal, log: () => {}, idempotencyKey: '${name}/101/destroy/' + n }
        await destroy({ id: '101', labels: {} }, context)
      }
    `))
    const codes = await Promise.all(children.map(async (child) => ((await once(child, 'close')) as [number])[0]))
    const { operations } = await rackMachine(directory, '101')
    expect([codes, new Set(operations.map(({ key }) => key)).size, operations.length]).toEqual([[0, 0, 0], 60, 60])
  })

  test('a machine that fails fails the same each time, and a score may be set', async () => {
    const rack = await open({ fails: { '102': { destroy: 'disk erase failed' } }, scores: { '101': 31 }, takes: { install: 0, benchmark: 0, destroy: 0 } })
    await rack.install(serverOf('101'), 'debian-12', contextOf('r/101/install/1'))
    expect(await rack.benchmark!(serverOf('101'), contextOf('r/101/benchmark/1'))).toBe(31)
    await expect(rack.benchmark!(serverOf('102'), contextOf('r/102/benchmark/1'))).rejects.toThrow('server 102 is not installed')
    await expect(rack.destroy(serverOf('102'), contextOf('r/102/destroy/1'))).rejects.toThrow('disk erase failed')
    await expect(rack.destroy(serverOf('102'), contextOf('r/102/destroy/1'))).rejects.toThrow('disk erase failed')
    expect((await rackMachine(directory, '102')).state).toBe('wiping')
  })

  test('marks bear the run and the reason', async () => {
    const rack = await open()
    await rack.markAsBroken(serverOf('101'), 'score 31 is below 50', contextOf('r/101/mark/1'))
    await expect(rack.markAsBroken(serverOf('101'), 'other', contextOf('s/101/mark/1'))).rejects.toThrow('already marked as broken: score 31 is below 50')
    expect((await rackMachine(directory, '101')).marks).toEqual([{ run: 'r', reason: 'score 31 is below 50', at: expect.any(String) }])
  })
})

function run(code: string): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'ignore', 'inherit'] })
}
