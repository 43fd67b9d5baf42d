import { UsageError } from '../model/problem.ts'
import type { Benchmark, Provisioner } from '../model/provisioner.ts'

/**
 * A provisioner's own benchmark, where the plan has no other.
 *
 * @throws UsageError if the provisioner has none.
 */
export function benchmarkOf(provisioner: Provisioner): Benchmark {
  if (!provisioner.benchmark) throw new UsageError([`provisioner ${provisioner.name} has no benchmark(), and nothing else is there to measure with: add one, or give a benchmark`])
  return { name: provisioner.name, run: async (server, context) => provisioner.benchmark!(server, context) }
}
