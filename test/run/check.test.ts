import { describe, expect, test } from 'vitest'
import { DefectError, ProvisionerUnavailableError, RequestRefusedError } from '../../src/model/fault.ts'
import type { Benchmark, Provisioner } from '../../src/model/provisioner.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'

const second = 1000

describe('before any server is touched the provisioner', () => {
  test('may refuse: nothing is started, and the run says what is wrong', async () => {
    const calls: string[] = []
    const check: Provisioner['check'] = async () => {
      throw new RequestRefusedError('401: bad token\u001b[31m hunter2!')
    }
    const { state, exitCode, problems, lines } = await rehearse({ plan: planFor(2), provisioner: adapter({ check }, calls), secrets: ['hunter2!'] })
    expect({ fates: fates(state), calls, exitCode, problems, lines, status: state.finished?.status }).toEqual({
      fates: ['s0 unfinished, clean', 's1 unfinished, clean'],
      calls: [],
      exitCode: 3,
      problems: ['no more servers were started: the provisioner is gone: its check failed: RequestRefusedError: 401: bad token ***', '2 servers were not finished'],
      lines: [],
      status: 'braked',
    })
  })

  test.each<[string, NonNullable<Provisioner['check']>, string]>([
    ['throw before it answers with a promise', () => { throw new TypeError('x is not a function') }, 'DefectError: x is not a function'],
    ['be away for max-outage', async () => { throw new ProvisionerUnavailableError('no answer') }, 'ProvisionerUnavailableError: no answer'],
    ['hang, and hear nothing', () => new Promise(() => {}), 'StepTimeoutError: timed out after 90s'],
  ])('may %s', async (_what, check, problem) => {
    const calls: string[] = []
    const { exitCode, problems, clock } = await rehearse({ plan: planFor(1, { maxOutageMs: 30 * second }), provisioner: adapter({ check }, calls) })
    expect({ calls, exitCode, problems }).toEqual({ calls: [], exitCode: 3, problems: [`no more servers were started: the provisioner is gone: its check failed: ${problem}`, '1 server was not finished'] })
    expect(clock.elapsed()).toBeLessThanOrEqual(100 * second)
  })

  test('may be away for a while, which is told', async () => {
    let away = 2
    const check: Provisioner['check'] = async () => {
      if (away-- > 0) throw new ProvisionerUnavailableError('no answer')
    }
    const { state, exitCode, lines, clock } = await rehearse({ provisioner: adapter({ check }) })
    expect({ fates: fates(state), exitCode, lines, ms: clock.elapsed() }).toEqual({
      fates: ['s0 passed, clean'],
      exitCode: 0,
      lines: ['run: warn: the provisioner does not answer: no answer; next try in 1 s', 'run: warn: the provisioner does not answer: no answer; next try in 2 s'],
      ms: 3 * second,
    })
  })

  test('may say something, which goes to the log of the run', async () => {
    const check: Provisioner['check'] = async ({ log }) => {
      log('firmware\n\u001b[1m7.1')
      log('old', 'warn')
      log('odd', 'silly' as never)
    }
    const { lines } = await rehearse({ provisioner: adapter({ check }) })
    expect(lines).toEqual(['run: info: firmware', 'run: info: 7.1', 'run: warn: old', 'run: info: odd'])
  })

  test('is given up when the run is stopped', async () => {
    const calls: string[] = []
    const { exitCode, problems, clock } = await rehearse({ provisioner: adapter({ check: () => new Promise(() => {}) }, calls), stopAfterMs: second })
    expect({ calls, exitCode, problems, ms: clock.elapsed() }).toEqual({ calls: [], exitCode: 143, problems: ['the run was stopped by SIGTERM', '1 server was not finished'], ms: 11 * second })
  })

  test('is not asked by who only wipes or marks', async () => {
    const { events: past } = await rehearse({ provisioner: adapter({ benchmark: async () => 20 }) })
    const check = (): never => {
      throw new Error('asked')
    }
    for (const command of ['destroy', 'destroy --all', 'mark'] as const) {
      const { exitCode } = await rehearse({ past, command, provisioner: adapter({ check }) })
      expect(exitCode).toBe(1)
    }
  })
})

describe('before any server is touched the benchmark', () => {
  const benchmark = (check: NonNullable<Benchmark['check']>, run: Benchmark['run'] = async () => 80): Benchmark => ({ name: 'mine', run, check })

  test('may say that it cannot measure: nothing is started, and the run says which it was', async () => {
    const calls: string[] = []
    const check = async (): Promise<void> => {
      throw new DefectError('cannot run ./measure.sh: ENOENT \u001b[31mhunter2!')
    }
    const { state, exitCode, problems, events } = await rehearse({ plan: planFor(2), provisioner: adapter({}, calls), benchmark: benchmark(check), secrets: ['hunter2!'] })
    expect({ fates: fates(state), calls, exitCode, problems, status: state.finished?.status }).toEqual({
      fates: ['s0 unfinished, clean', 's1 unfinished, clean'],
      calls: [],
      exitCode: 3,
      problems: ['no more servers were started: the benchmark cannot be used: its check failed: DefectError: cannot run ./measure.sh: ENOENT ***', '2 servers were not finished'],
      status: 'braked',
    })
    expect(events.filter(({ type }) => type === 'run.stopping')).toEqual([expect.objectContaining({ because: 'unavailable' })])
  })

  test('is asked after the provisioner, and only if that can be used', async () => {
    const asked: string[] = []
    const check = (name: string) => async () => void asked.push(name)
    await rehearse({ provisioner: adapter({ check: check('provisioner') }), benchmark: benchmark(check('benchmark')) })
    const refusing = async () => {
      throw new RequestRefusedError('401')
    }
    const { problems } = await rehearse({ provisioner: adapter({ check: refusing }), benchmark: benchmark(check('benchmark')) })
    expect([asked, problems[0]]).toEqual([['provisioner', 'benchmark'], 'no more servers were started: the provisioner is gone: its check failed: RequestRefusedError: 401'])
  })

  test('may be away for a while, which is told; then it measures', async () => {
    let away = 1
    const check = async (): Promise<void> => {
      if (away-- > 0) throw new ProvisionerUnavailableError('no answer')
    }
    const { state, lines } = await rehearse({ provisioner: adapter({ benchmark: async () => 10 }), benchmark: benchmark(check) })
    expect([fates(state), lines]).toEqual([['s0 passed, clean'], ['run: warn: the benchmark does not answer: no answer; next try in 1 s']])
  })
})
