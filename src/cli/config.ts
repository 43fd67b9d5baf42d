import { effectiveSettings } from '../config/effective.ts'
import { suggestion } from '../config/nearest.ts'
import { showAsJson, showAsYaml } from '../config/show.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { Arguments } from './command-line.ts'
import { configJsonSchema } from './config-schema.ts'
import { invocationOf } from './invocation.ts'
import { formats } from './options/answer.ts'

/** `rackbench config schema` and `rackbench config show` */
export async function config({ flags, lists, words: [part, ...words], problems }: Arguments): Promise<number> {
  if (part !== 'schema' && part !== 'show') throw new UsageError([...problems, whichPart(part)])
  guardStream(process.stdout).write(part === 'show' ? await show({ flags, lists, words, problems }) : schema({ flags, lists, words, problems }))
  return exitCodes.passed
}

function whichPart(part: string | undefined): string {
  const ways = '`rackbench config schema` prints a JSON Schema for editors, `rackbench config show [servers..]` the settings in effect'
  return part === undefined ? `config: of what? ${ways}` : `config takes schema or show, not ${JSON.stringify(part.slice(0, 80))}${suggestion(part, ['schema', 'show'])}; ${ways}`
}

function schema({ flags, lists, words, problems }: Arguments): string {
  if (problems.length > 0) throw new UsageError(problems)
  const extra = [...Object.keys({ ...flags, ...lists }).map((name) => `--${name}`), ...words]
  if (extra.length > 0) throw new UsageError(extra.map((word) => `config schema takes nothing else, not ${JSON.stringify(word)}`))
  return configJsonSchema()
}

async function show({ flags: { format = 'yaml', ...flags }, lists, words, problems }: Arguments): Promise<string> {
  const isKnown = (formats.config as readonly unknown[]).includes(format)
  const told = isKnown ? problems : [...problems, `--format: expected ${formats.config.join(' | ')}, got ${JSON.stringify(format)}`]
  const effective = await effectiveSettings(invocationOf({ flags, lists, words, problems: told }))
  return format === 'json' ? showAsJson(effective) : showAsYaml(effective)
}
