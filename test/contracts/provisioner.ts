import { randomUUID } from 'node:crypto'
import type { TestContext } from 'vitest'
import { describe, expect, test } from 'vitest'
import { readMetrics } from '../../src/model/metrics.ts'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import type { Server } from '../../src/model/server.ts'
import { installedSchema } from '../../src/model/server.ts'
import { killedWhen } from '../fixtures/elsewhere.ts'

/** What not every provisioner can do, or not every rack can show. */
type Part = 'benchmark' | 'check' | 'list' | 'clearMark' | 'strangers' | 'counting' | 'cutOff' | 'elsewhere'

/** A rack that the contract can be tried on: real, emulated or simulated. Each test sets up its own. */
export interface Fixture extends AsyncDisposable {
  /** Clean, ours and in order. */
  readonly server: Server
  /** Its install takes far longer than a test may. */
  readonly slow: Server
  /** Its install takes long enough for a process to be killed meanwhile: a second, say. */
  readonly lasting: Server
  /** Its install fails, and the rack says this of it. */
  readonly failing: { readonly server: Server; readonly message: string }
  /** The rack has no such server. */
  readonly stranger: Server
  /** A new adapter of the same rack, as a new process would have it. */
  readonly adapter: () => Promise<Provisioner>
  /** Asks for an install whose answer gets lost, once the rack has accepted it: that of the transport, not of the caller. Resolves with the adapter that asked when it has settled. */
  readonly cutOff?: (server: Server, context: StepContext) => Promise<Provisioner>
  /** Code of a module that makes an adapter of the same rack, `provisioner`, in a process of its own. */
  readonly elsewhere?: string | undefined
  /** How the rack itself, not the adapter, sees a server. */
  readonly stateOf: (server: Server) => Promise<'clean' | 'installed' | 'in between'>
  readonly isMarked: (server: Server) => Promise<boolean>
  /** How many installs the rack has really begun on a server. */
  readonly installsOf: (server: Server) => Promise<number>
  /** What the adapter was given and must never tell. */
  readonly secrets: readonly string[]
  /** Parts that this provisioner cannot do, or this rack cannot show, each with the reason: their tests are reported as skipped for it. */
  readonly cannot: Readonly<Partial<Record<Part, string>>>
}

/** What rackbench takes for granted of every provisioner. Called in each adapter's own test file. */
export function provisionerContract(name: string, setUp: () => Promise<Fixture>): void {
  /** One clause of the contract; those that need a part which is told to be missing are skipped, with the reason. */
  function clause(sentence: string, keep: (run: Trial) => Promise<void>, needs: readonly Part[] = []): void {
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- each clause has its own
    test(sentence, async ({ skip }: TestContext) => {
      await using fixture = await setUp()
      const missing = needs.find((part) => fixture.cannot[part] !== undefined)
      if (missing) skip(`${missing}: ${fixture.cannot[missing]}`)
      await keep({ ...fixture, ...(await trialOf(fixture)) })
    })
  }

  describe(`${name} keeps the provisioner contract:`, () => {
    clause('install leaves the server installed, and answers nothing or what survives JSON', async ({ server, provisioner, step, stateOf }) => {
      const installed = await provisioner.install(server, 'debian-12', step(server, 'install'))
      expect(await stateOf(server)).toBe('installed')
      if (installed === undefined) return
      expect(installedSchema.parse(JSON.parse(JSON.stringify(installed)))).toEqual(installed)
    })
    clause('install installs a server that is installed once more', async ({ server, provisioner, step, stateOf, installsOf }) => {
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      expect([await stateOf(server), await installsOf(server)]).toEqual(['installed', 2])
    }, ['counting'])
    clause('install after destroy really installs', async ({ server, provisioner, step, stateOf, installsOf }) => {
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      await provisioner.destroy(server, step(server, 'destroy'))
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      expect([await stateOf(server), await installsOf(server)]).toEqual(['installed', 2])
    }, ['counting'])
    clause('the same key installs once, also by another process, and answers the same', async ({ server, provisioner, another, step, installsOf }) => {
      const context = step(server, 'install')
      const [first, atOnce] = await Promise.all([provisioner.install(server, 'debian-12', context), (await another()).install(server, 'debian-12', context)])
      const later = await (await another()).install(server, 'debian-12', { ...context, attempt: 2 })
      expect([atOnce, later, await installsOf(server)]).toEqual([first, first, 1])
    }, ['counting'])
    clause('an install whose answer is cut off is not begun again under its key, by the same adapter nor by another', async ({ server, another, step, stateOf, installsOf, cutOff }) => {
      const context = step(server, 'install')
      const same = await cutOff!(server, context)
      expect(await installsOf(server)).toBe(1)
      const answer = await same.install(server, 'debian-12', { ...context, attempt: 2 })
      expect(await (await another()).install(server, 'debian-12', context)).toEqual(answer)
      expect([await stateOf(server), await installsOf(server)]).toEqual(['installed', 1])
    }, ['counting', 'cutOff'])
    clause('an install whose process has died is not begun again under its key by another', async ({ lasting, another, step, stateOf, installsOf, elsewhere }) => {
      const context = step(lasting, 'install')
      await dieInstalling(lasting, context, { elsewhere, installsOf })
      const answer = await (await another()).install(lasting, 'debian-12', context)
      expect(await (await another()).install(lasting, 'debian-12', context)).toEqual(answer)
      expect([await stateOf(lasting), await installsOf(lasting)]).toEqual(['installed', 1])
    }, ['counting', 'elsewhere'])
    clause('an install whose process has died does not outlive the wipe by another', async ({ lasting, another, step, stateOf, elsewhere, installsOf }) => {
      const context = step(lasting, 'install')
      await dieInstalling(lasting, context, { elsewhere, installsOf })
      await (await another()).destroy(lasting, step(lasting, 'destroy', { inDoubt: { os: 'debian-12', idempotencyKey: context.idempotencyKey } }))
      expect([await stateOf(lasting), await installsOf(lasting)]).toEqual(['clean', 1])
      // Whatever the process has left behind has had its time by now.
      await (await another()).install(lasting, 'debian-12', step(lasting, 'install'))
      await (await another()).destroy(lasting, step(lasting, 'destroy'))
      expect(await stateOf(lasting)).toBe('clean')
    }, ['counting', 'elsewhere'])
    clause('an install that fails says what the rack says, as a fault of the server', async ({ failing, provisioner, step, stateOf }) => {
      const error = await faultOf(provisioner.install(failing.server, 'debian-12', step(failing.server, 'install')))
      expect(error).toEqual({ type: 'ServerOperationError', message: expect.stringContaining(failing.message) })
      await provisioner.destroy(failing.server, step(failing.server, 'destroy'))
      expect(await stateOf(failing.server)).toBe('clean')
    })
    clause('an install that is aborted settles soon, and the server can be destroyed at once', async ({ slow, provisioner, another, step, stateOf }) => {
      const stop = new AbortController()
      const installing = provisioner.install(slow, 'debian-12', step(slow, 'install', { signal: stop.signal }))
      const settled = installing.then(() => 'installed', () => 'given up')
      await until(async () => (await stateOf(slow)) !== 'clean')
      stop.abort(new Error('the run was stopped'))
      expect(await settled).toBe('given up')
      await (await another()).destroy(slow, step(slow, 'destroy'))
      expect(await stateOf(slow)).toBe('clean')
    })
    clause('a signal that has aborted already begins nothing', async ({ server, provisioner, step, stateOf }) => {
      const context = step(server, 'install', { signal: AbortSignal.abort(new Error('the run was stopped')) })
      await expect(provisioner.install(server, 'debian-12', context)).rejects.toBeInstanceOf(Error)
      expect(await stateOf(server)).toBe('clean')
    })
    clause('destroy wipes what another process installed', async ({ server, provisioner, another, step, stateOf }) => {
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      await (await another()).destroy(server, step(server, 'destroy'))
      expect(await stateOf(server)).toBe('clean')
    })
    clause('destroy passes on a clean server, twice, under one key and another', async ({ server, provisioner, step, stateOf }) => {
      const context = step(server, 'destroy')
      await provisioner.destroy(server, context)
      await provisioner.destroy(server, context)
      await provisioner.destroy(server, step(server, 'destroy'))
      expect(await stateOf(server)).toBe('clean')
    })
    clause('marking again passes for the same run, also from another process', async ({ server, provisioner, another, step, isMarked }) => {
      const context = step(server, 'mark')
      expect(await isMarked(server)).toBe(false)
      await provisioner.markAsBroken(server, 'score 31 is below 50', context)
      await provisioner.markAsBroken(server, 'score 31 is below 50', context)
      await (await another()).markAsBroken(server, 'score 31 is below 50', step(server, 'mark'))
      expect(await isMarked(server)).toBe(true)
    })
    clause('a server that is marked as broken is not installed, but can be wiped', async ({ server, provisioner, step, stateOf }) => {
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      await provisioner.markAsBroken(server, 'score 31 is below 50', step(server, 'mark'))
      await provisioner.destroy(server, step(server, 'destroy'))
      const error = await faultOf(provisioner.install(server, 'debian-12', step(server, 'install')))
      expect([error.type, await stateOf(server)]).toEqual(['ServerNotOursError', 'clean'])
    })
    clause('a mark that was cleared keeps nobody from installing', async ({ server, provisioner, another, step, stateOf, isMarked }) => {
      await provisioner.markAsBroken(server, 'score 31 is below 50', step(server, 'mark'))
      await (await another()).clearMark?.(server, step(server, 'mark'))
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      expect([await stateOf(server), await isMarked(server)]).toEqual(['installed', false])
    }, ['clearMark'])
    clause('a server that the rack does not have is unknown, by its name, in every step', async ({ stranger, provisioner, step }) => {
      const unknown = { type: 'UnknownServerError', message: expect.stringContaining(stranger.id) }
      expect(await faultOf(provisioner.install(stranger, 'debian-12', step(stranger, 'install')))).toEqual(unknown)
      expect(await faultOf(provisioner.destroy(stranger, step(stranger, 'destroy')))).toEqual(unknown)
      expect(await faultOf(provisioner.markAsBroken(stranger, 'for a test', step(stranger, 'mark')))).toEqual(unknown)
    }, ['strangers'])
    clause('benchmark gives finite metrics, also to another process', async ({ server, provisioner, another, step }) => {
      const installed = await provisioner.install(server, 'debian-12', step(server, 'install'))
      const answer = await (await another()).benchmark?.(server, step(server, 'benchmark', { ...(installed && { installed }) }))
      expect(Object.values(readMetrics(answer)).every(Number.isFinite)).toBe(true)
    }, ['benchmark'])
    clause('list tells each server, and what it is', async ({ server, provisioner, step }) => {
      const state = async (): Promise<string | undefined> => {
        for await (const listed of provisioner.list?.(step(server, 'install')) ?? []) if (listed.id === server.id) return listed.state
        return undefined
      }
      expect(await state()).toBe('clean')
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      expect(await state()).toBe('installed')
      await provisioner.markAsBroken(server, 'score 31 is below 50', step(server, 'mark'))
      expect(await state()).toBe('broken')
    }, ['list'])
    clause('check passes, and touches no server', async ({ server, provisioner, step, stateOf }) => {
      expect(await provisioner.check?.(step(server, 'install'))).toBeUndefined()
      expect(await stateOf(server)).toBe('clean')
    }, ['check'])
    clause('no secret is logged, nor told in an error', async ({ server, failing, stranger, provisioner, step, said, secrets, cannot }) => {
      await provisioner.check?.(step(server, 'install'))
      await provisioner.install(server, 'debian-12', step(server, 'install'))
      if (!cannot.benchmark) await provisioner.benchmark?.(server, step(server, 'benchmark'))
      await provisioner.destroy(server, step(server, 'destroy'))
      await provisioner.markAsBroken(server, 'for a test', step(server, 'mark'))
      for (const other of [failing.server, ...(cannot.strangers ? [] : [stranger])]) {
        said.push((await faultOf(provisioner.install(other, 'debian-12', step(other, 'install')))).message)
      }
      expect(said.length).toBeGreaterThan(1)
      expect(secrets.filter((secret) => said.some((line) => line.includes(secret)))).toEqual([])
    })
    test('it can do all that it is not told to be unable to, and nothing else', async () => {
      await using fixture = await setUp()
      const provisioner = await fixture.adapter()
      const shown = { ...provisioner, cutOff: fixture.cutOff, elsewhere: fixture.elsewhere }
      const parts = ['benchmark', 'check', 'list', 'clearMark', 'cutOff', 'elsewhere'] as const
      expect(parts.filter((part) => shown[part] === undefined)).toEqual(parts.filter((part) => fixture.cannot[part] !== undefined))
    })
  })
}

/** What a clause works with, besides the rack. */
interface Trial extends Fixture {
  readonly provisioner: Provisioner
  readonly another: () => Promise<Provisioner>
  /** The context of a new operation of one run, under a key that was not there before. */
  readonly step: (server: Server, step: string, parts?: Pick<Partial<StepContext>, 'signal' | 'installed' | 'inDoubt'>) => StepContext
  /** All that was logged. */
  readonly said: string[]
}

async function trialOf({ adapter }: Fixture): Promise<Omit<Trial, keyof Fixture>> {
  const run = `contract-${randomUUID()}`
  const said: string[] = []
  let operations = 0
  return {
    provisioner: await adapter(),
    another: adapter,
    said,
    step: (server, step, parts = {}) => ({
      signal: new AbortController().signal,
      log: (message) => said.push(message),
      attempt: 1,
      idempotencyKey: `${run}/${server.id}/${step}/${++operations}`,
      ...parts,
    }),
  }
}

/** Begins an install in a process of its own, which is killed before it has heard the end. */
async function dieInstalling(server: Server, { idempotencyKey }: StepContext, { elsewhere, installsOf }: Pick<Fixture, 'elsewhere' | 'installsOf'>): Promise<void> {
  const context = `{ signal: new AbortController().signal, log: () => {}, attempt: 1, idempotencyKey: ${JSON.stringify(idempotencyKey)} }`
  await killedWhen(async () => (await installsOf(server)) > 0, `${elsewhere}\nawait provisioner.install(${JSON.stringify(server)}, 'debian-12', ${context})`)
}

/** What a call rejects with, as any copy of the package would see it: by its brand. A plain error is the server's fault. */
async function faultOf(call: Promise<unknown>): Promise<{ readonly type: unknown; readonly message: string }> {
  const error: unknown = await call.then(
    () => Promise.reject(new Error('it passed, and should have failed')),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Error)
  const { name, message, [Symbol.for('rackbench.fault')]: brand } = error as Error & Record<symbol, unknown>
  return { type: brand ?? (name === 'Error' ? 'ServerOperationError' : name), message }
}

/** Waits for something that the rack tells; the test's own time limit bounds it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}
