import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/model/clock.ts'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { command } from '../../src/provisioners/command.ts'
import { classify } from '../../src/run/classify.ts'
import { bearing } from '../fixtures/processes.ts'

const directory = join(import.meta.dirname, '../fixtures/scripts')
const server: Server = { id: '104' as ServerId, labels: { model: 'r640' } }

/** Every process of a test bears it in its environment. */
let mark = ''
beforeEach(() => {
  mark = randomUUID()
})
afterEach(async () => {
  const left = await bearing(`MARK=${mark}`)
  if (left.length > 0) throw new Error(`left behind: ${JSON.stringify(left)}`)
})

/** A provisioner whose every verb is one script; a script that somebody has ended is in doubt for 50 ms. */
function provisionerOf(script: string, ...args: readonly string[]): Provisioner & Required<Pick<Provisioner, 'benchmark'>> {
  const argv = [script, ...args]
  const settings = { install: argv, benchmark: argv, destroy: argv, markAsBroken: argv, env: { MARK: mark, TOKEN: 'hunter2-hunter2' } }
  return command(settings, { clock: systemClock, env: { PATH: process.env['PATH'] }, directory, doubtMs: 50 }) as Provisioner & Required<Pick<Provisioner, 'benchmark'>>
}

interface Trial {
  readonly context: StepContext
  readonly said: readonly string[]
  readonly held: () => number
}

function trial({ onSaid = () => {}, ...parts }: Partial<StepContext> & { readonly onSaid?: (line: string) => void } = {}): Trial {
  const said: string[] = []
  let held = 0
  const context: StepContext = {
    signal: new AbortController().signal,
    attempt: 1,
    idempotencyKey: 'r/104/install/1',
    holdStarts: () => held++,
    log(line) {
      said.push(line)
      onSaid(line)
    },
    ...parts,
  }
  return { context, said, held: () => held }
}

async function failureOf(call: Promise<unknown>): Promise<string> {
  const { failure } = await call.then(() => Promise.reject(new Error('it passed')), classify)
  return `${failure.type}: ${failure.message}`
}

describe('a script', () => {
  test('is called with its words, and what it prints goes to the log of its server', async () => {
    const { context, said } = trial()
    expect(await provisionerOf('./say.sh', '{id}', '--os={os}').install(server, 'debian-12', context)).toEqual({ facts: { os: 'debian-12' } })
    await provisionerOf('./say.sh', '{reason}', '{os}').markAsBroken(server, 'score 31 is below 50', { ...context, installed: { facts: { os: 'debian-12' } } })
    expect(said).toEqual(['104', '--os=debian-12', 'score 31 is below 50', 'debian-12'])
  })

  test('finds in its environment what it is called for', async () => {
    const { context, said } = trial({ attempt: 3 })
    await provisionerOf('./environment.sh').destroy(server, context)
    expect(said).toEqual([
      'RACKBENCH_ADDRESS=', 'RACKBENCH_ATTEMPT=3', 'RACKBENCH_KEY=r/104/install/1', 'RACKBENCH_LABEL_MODEL=r640',
      'RACKBENCH_OS=', 'RACKBENCH_REASON=', 'RACKBENCH_RUN_ID=r', 'RACKBENCH_SERVER_ID=104',
    ])
  })

  test.each([
    ['17', 'ServerOperationError: PXE boot timed out (./exit.sh: exit code 17)', 0],
    ['75', 'ProvisionerUnavailableError: PXE boot timed out (./exit.sh: exit code 75)', 0],
    ['126', 'DefectError: cannot run ./exit.sh: exit code 126: PXE boot timed out', 0],
    ['127', 'DefectError: cannot run ./exit.sh: exit code 127: PXE boot timed out', 0],
    ['137', 'ProvisionerUnavailableError: PXE boot timed out (./exit.sh: exit code 137, as after SIGKILL, and not by rackbench)', 1],
    ['143', 'ProvisionerUnavailableError: PXE boot timed out (./exit.sh: exit code 143, as after SIGTERM, and not by rackbench)', 1],
  ])('that ends with %s says whose fault it was, in every verb', async (code, failure, holds) => {
    const { context, held } = trial()
    const provisioner = provisionerOf('./exit.sh', code)
    const calls = [provisioner.install(server, 'debian-12', context), provisioner.benchmark(server, context), provisioner.destroy(server, context), provisioner.markAsBroken(server, 'x', context)]
    expect(await Promise.all(calls.map(failureOf))).toEqual(calls.map(() => failure))
    expect(held()).toBe(holds * calls.length)
  })

  test('that cannot be run is a fault of whoever set it up', async () => {
    expect(await failureOf(provisionerOf('./none.sh').install(server, 'debian-12', trial().context))).toBe('DefectError: cannot run ./none.sh: ENOENT')
    expect(await failureOf(provisionerOf('rackctl-that-is-not-there').destroy(server, trial().context))).toBe('DefectError: cannot run rackctl-that-is-not-there: ENOENT')
  })

  test('that leaves processes behind has passed, and its log tells', async () => {
    const { context, said } = trial()
    await provisionerOf('./orphans.sh').install(server, 'debian-12', { ...context, graceMs: 100 })
    expect(said).toEqual(['done', './orphans.sh left processes behind, which were ended'])
  })
})

describe('check', () => {
  test('passes where every program is there', async () => {
    expect(await provisionerOf('./say.sh').check?.(trial().context)).toBeUndefined()
    expect(await provisionerOf('sh').check?.(trial().context)).toBeUndefined()
  })

  test('names every program that cannot be run', async () => {
    const settings = { install: ['./none.sh'], destroy: ['../cli.ts'], markAsBroken: ['no-such-program'] }
    const provisioner = command(settings, { clock: systemClock, env: process.env, directory })
    expect(await failureOf(provisioner.check!(trial().context))).toBe(
      `DefectError: cannot run ./none.sh: ENOENT; cannot run ../cli.ts: EACCES; cannot run no-such-program: ENOENT (looked for in ${directory})`,
    )
    expect('benchmark' in provisioner).toBe(false)
  })
})

describe('the last line of a benchmark', () => {
  test('is its score, however much it printed before', async () => {
    let lines = 0
    const { context } = trial({ log: () => lines++ })
    expect([await provisionerOf('./flood.sh').benchmark(server, context), lines]).toEqual([81.5, 160_001])
  })

  test.each([
    ['./half-json.sh', 'MeasurementError: the last line of ./half-json.sh is "{\\"cpu\\": 900, \\"di": it should be a number, or a JSON object of metrics in one line'],
    ['/bin/true', 'MeasurementError: /bin/true printed nothing: it should be a number, or a JSON object of metrics in one line'],
    ['./endless-line.sh', expect.stringMatching(/^MeasurementError: the last line of .\/endless-line.sh is "x{200}": it should be a number/)],
  ])('of %s is none', async (script, failure) => {
    expect(await failureOf(provisionerOf(script).benchmark(server, trial().context))).toEqual(failure)
  })
})

describe('an abort', () => {
  const stopped = new Error('the run was stopped')

  /** Calls install, and aborts it when the script says that it waits. */
  async function aborted([script, ...args]: readonly [string, ...string[]], graceMs = 20_000) {
    const stop = new AbortController()
    const { context, said, held } = trial({ signal: stop.signal, graceMs, onSaid: (line) => line === 'waiting' && stop.abort(stopped) })
    const failure = await provisionerOf(script, ...args).install(server, 'debian-12', context).catch((error: unknown) => error)
    return { failure, said, held: held() }
  }

  test.each([['./hang.sh', []], ['./tidy.sh', ['tidied']]])('ends %s and all it has started, and is told as it came', async (script, more) => {
    expect(await aborted([script])).toEqual({ failure: stopped, said: ['waiting', ...more], held: 0 })
  })

  test('kills ./deaf.sh and all it has started before the grace is over', async () => {
    expect(await aborted(['./deaf.sh'], 200)).toEqual({ failure: stopped, said: ['waiting'], held: 0 })
  })

  test('that a script answers by saying that the provisioner is away is told as that', async () => {
    const { failure } = await aborted(['sh', '-c', 'exec 2> /dev/null; trap "exit 75" TERM; echo waiting; while :; do sleep 0.02; done'])
    expect(classify(failure).failure).toEqual({ type: 'ProvisionerUnavailableError', message: 'sh: exit code 75' })
  })

  test('that came before begins nothing', async () => {
    const { context, said } = trial({ signal: AbortSignal.abort(stopped) })
    await expect(provisionerOf('./say.sh', 'x').install(server, 'debian-12', context)).rejects.toBe(stopped)
    expect(said).toEqual([])
  })
})

describe('a script that somebody has ended', () => {
  const ended = 'ProvisionerUnavailableError: ./kill-self.sh: ended by SIGTERM, and not by rackbench'

  test('is not judged for a while, and no server is started meanwhile', async () => {
    const { context, said, held } = trial()
    const began = performance.now()
    expect(await failureOf(provisionerOf('./kill-self.sh', 'TERM').install(server, 'debian-12', context))).toBe(ended)
    expect(performance.now() - began).toBeGreaterThanOrEqual(49)
    expect([held(), said]).toEqual([1, ['./kill-self.sh: ended by SIGTERM, and not by rackbench: it is not judged, a stop of the run may follow']])
  })

  test('is let go at once when the stop comes', async () => {
    const stop = new AbortController()
    const settings = { install: ['./kill-self.sh', 'KILL'], destroy: ['x'], markAsBroken: ['x'] }
    const provisioner = command(settings, { clock: systemClock, env: process.env, directory, doubtMs: 3_600_000 })
    const { context } = trial({ signal: stop.signal, holdStarts: () => stop.abort(new Error('the run was stopped')) })
    expect(await failureOf(provisioner.install(server, 'debian-12', context))).toBe('ProvisionerUnavailableError: ./kill-self.sh: ended by SIGKILL, and not by rackbench')
  })
})
