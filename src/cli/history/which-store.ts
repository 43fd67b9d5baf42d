import { resolve } from 'node:path'
import { UsageError } from '../../model/problem.ts'
import type { Arguments } from '../command-line.ts'

/**
 * The folder of past runs that is meant, absolute: that of `--history`, `RACKBENCH_HISTORY` or the configuration.
 *
 * @throws UsageError if it is not said, or what says it cannot be read.
 */
export async function whichStore(flags: Arguments['flags'], env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Promise<string> {
  const { history = env['RACKBENCH_HISTORY'] ?? '' } = flags
  if (typeof history === 'string' && history !== '') return resolve(cwd, history)
  if (flags['history'] !== undefined) throw new UsageError(['--history: expected a path, got nothing'])
  return ofConfiguration(flags, env, cwd)
}

/** What reads a configuration takes longer to load than an answer takes: whoever names the folder does not wait for it. */
async function ofConfiguration(flags: Arguments['flags'], env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  const [{ readConfigFile }, { readEnvironment, readFlags }] = await Promise.all([import('../../config/config-file.ts'), import('../../config/settings.ts')])
  const problems: string[] = []
  const tell = (problem: string): void => void problems.push(problem)
  const { config } = { ...readEnvironment(env, cwd, tell, ['config']), ...readFlags(flags, cwd, tell, ['config']) }
  const file = await readConfigFile(config, cwd, tell)
  const history = typeof file === 'string' ? undefined : file.layer.history
  if (!history && problems.length === 0) tell('which history? Give --history PATH, set RACKBENCH_HISTORY, or write history: PATH into rackbench.config.yaml')
  if (problems.length > 0) throw new UsageError(problems)
  return resolve(history!.folder, history!.value)
}
