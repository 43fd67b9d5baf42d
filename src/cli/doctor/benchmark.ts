import type { Benchmark } from '../../model/provisioner.ts'
import { classify } from '../../run/classify.ts'
import type { Patience } from '../patience.ts'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

const { ok, fail } = about('benchmark')

/** Asks a benchmark whether it can measure from here. Touches no server. */
export async function checkBenchmark(benchmark: Pick<Benchmark, 'name' | 'check'>, { signal, wait }: Patience): Promise<Finding> {
  const { name } = benchmark
  if (!benchmark.check) return ok(`${name}: the first measurement tells whether it works`)
  try {
    await wait(() => benchmark.check?.({ signal, log: () => {} }))
    return ok(`the check of ${name} passed`)
  } catch (error) {
    const { type, message } = classify(error).failure
    return fail(`the check of ${name} failed: ${message} (${type})`, 'correct its settings, or what is missing on this machine: docs/benchmarks.md')
  }
}
