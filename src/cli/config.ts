import { text } from 'node:stream/consumers'
import { effectiveSettings } from '../config/effective.ts'
import { suggestion } from '../config/nearest.ts'
import { builtInProvisioners } from '../config/provisioner-types.ts'
import { showAsJson, showAsYaml } from '../config/show.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import { problemsOfSimulation } from '../provisioners/open.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { Arguments } from './command-line.ts'
import { configJsonSchema } from './config-schema.ts'
import { openWithSecrets } from './open.ts'
import { formats } from './options.ts'

/** `rackbench config schema` and `rackbench config show` */
export async function config({ flags, words: [part, ...words], problems }: Arguments): Promise<number> {
  if (part !== 'schema' && part !== 'show') throw new UsageError([...problems, whichPart(part)])
  guardStream(process.stdout).write(part === 'show' ? await show({ flags, words, problems }) : schema({ flags, words, problems }))
  return exitCodes.passed
}

function whichPart(part: string | undefined): string {
  const ways = '`rackbench config schema` prints a JSON Schema for editors, `rackbench config show [servers..]` the settings in effect'
  return part === undefined ? `config: of what? ${ways}` : `config takes schema or show, not ${JSON.stringify(part.slice(0, 80))}${suggestion(part, ['schema', 'show'])}; ${ways}`
}

function schema({ flags, words, problems }: Arguments): string {
  if (problems.length > 0) throw new UsageError(problems)
  const extra = [...Object.keys(flags).map((name) => `--${name}`), ...words]
  if (extra.length > 0) throw new UsageError(extra.map((word) => `config schema takes nothing else, not ${JSON.stringify(word)}`))
  return configJsonSchema()
}

async function show({ flags: { format = 'yaml', ...flags }, words, problems }: Arguments): Promise<string> {
  const { env } = process
  const isKnown = (formats.config as readonly unknown[]).includes(format)
  const effective = await effectiveSettings({
    servers: words,
    flags,
    env,
    cwd: process.cwd(),
    readStdin: () => text(process.stdin),
    problems: isKnown ? problems : [...problems, `--format: expected ${formats.config.join(' | ')}, got ${JSON.stringify(format)}`],
    checkProvisioner: (provisioner) => problemsOfSimulation(provisioner, { clock: systemClock, env }),
  })
  // What is wrong with its settings is told as by `run`; the code of a module is not run only to show a configuration.
  if ((builtInProvisioners as readonly string[]).includes(effective.provisioner.type)) await (await openWithSecrets(effective, env)).provisioner.close?.()
  return format === 'json' ? showAsJson(effective) : showAsYaml(effective)
}
