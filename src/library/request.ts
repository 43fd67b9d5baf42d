import type { ConfiguredProgram } from '../config/program.ts'
import { configureProgram } from '../config/program.ts'
import { UsageError } from '../model/problem.ts'
import type { Benchmark, Provisioner } from '../model/provisioner.ts'
import { asProvisioner } from '../provisioners/module.ts'
import { benchmarkOf } from './benchmark-of.ts'
import type { BenchmarkOptions } from './options.ts'

/** What a program asks for, looked at. */
export interface Request extends ConfiguredProgram, Pick<BenchmarkOptions, 'signal' | 'onEvent' | 'onLine'> {
  readonly provisioner: Provisioner
  readonly benchmark: Benchmark
}

/**
 * Looks at all that a program gave. No type is trusted: the program may be written in JavaScript.
 *
 * @throws UsageError with every problem.
 */
export function readRequest(given: unknown, servers: unknown, options: unknown, cwd: string): Request {
  const problems: string[] = []
  const own = isObject(options) ? (options as BenchmarkOptions) : {}
  const provisioner = attempt(() => readProvisioner(given), problems)
  const benchmark = own.benchmark === undefined ? provisioner && attempt(() => benchmarkOf(provisioner), problems) : readBenchmark(own.benchmark, problems)
  const { signal, onEvent, onLine } = own
  if (signal !== undefined && !isSignal(signal)) problems.push('signal: expected an AbortSignal')
  for (const [name, listener] of Object.entries({ onEvent, onLine })) if (listener !== undefined && typeof listener !== 'function') problems.push(`${name}: expected a function`)
  const configured = configureProgram({ provisioner: provisioner?.name ?? '', servers, options, cwd, problems })
  return { ...configured, provisioner: provisioner!, benchmark: benchmark!, ...(signal && { signal }), ...(onEvent && { onEvent }), ...(onLine && { onLine }) }
}

function readProvisioner(given: unknown): Provisioner {
  if (isObject(given)) return asProvisioner(given, { label: 'provisioner', name: 'provisioner' })
  throw new UsageError([`provisioner: expected an object with install(), destroy() and markAsBroken()${typeof given === 'function' ? '; this is a function: a class needs `new`' : ''}`])
}

function readBenchmark(given: Benchmark, problems: string[]): Benchmark | undefined {
  if (!isObject(given) || typeof given.run !== 'function') {
    problems.push('benchmark: expected an object with run()')
    return undefined
  }
  for (const name of ['check', 'close'] as const) if (given[name] !== undefined && typeof given[name] !== 'function') problems.push(`benchmark: ${name}: expected a function`)
  return {
    name: given.name,
    run: async (server, context) => given.run(server, context),
    ...(given.check && { check: async (context) => given.check?.(context) }),
    ...(given.close && { close: async () => given.close?.() }),
  }
}

function attempt<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && 'aborted' in value && 'addEventListener' in value
}
