import { readScore } from '../clients/script-score.ts'
import type { ScriptWorld } from '../clients/scripts.ts'
import { scripts } from '../clients/scripts.ts'
import type { Benchmark } from '../model/provisioner.ts'
import { readCommandBenchmark } from './command-settings.ts'

/**
 * A script that measures a server from here: its exit code says how it went, and the last line that it prints what it has measured.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export function commandBenchmark(given: unknown, world: ScriptWorld): Benchmark {
  const settings = readCommandBenchmark(given)
  const { run } = settings
  const { call, check } = scripts(settings, world)
  return {
    name: 'command',
    async run(server, context) {
      return readScore(await call(run, { server, context }), run[0] ?? '')
    },
    check: () => check([run]),
  }
}
