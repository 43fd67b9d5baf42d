import { resolve } from 'node:path'
import { readConfigFile } from '../../config/config-file.ts'
import { readEnvironment, readFlags } from '../../config/settings.ts'
import type { Tell } from '../../config/wording.ts'
import { UsageError } from '../../model/problem.ts'
import type { Arguments } from '../command-line.ts'

const names = ['history', 'config'] as const

/**
 * The folder of past runs that is meant, absolute: that of `--history`, `RACKBENCH_HISTORY` or the configuration, which is read only if it must be.
 *
 * @throws UsageError if it is not said, or what says it cannot be read.
 */
export async function whichStore(flags: Arguments['flags'], env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Promise<string> {
  const problems: string[] = []
  const tell: Tell = (problem) => problems.push(problem)
  const given = { ...readEnvironment(env, cwd, tell, names), ...readFlags(flags, cwd, tell, names) }
  const file = given.history ? 'absent' : await readConfigFile(given.config, cwd, tell)
  const history = given.history ?? (typeof file === 'string' ? undefined : file.layer.history)
  if (!history && problems.length === 0) tell('which history? Give --history PATH, set RACKBENCH_HISTORY, or write history: PATH into rackbench.config.yaml')
  if (problems.length > 0) throw new UsageError(problems)
  return resolve(history!.folder, history!.value)
}
