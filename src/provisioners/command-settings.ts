import { z } from 'zod'
import { argvSchema, scriptSettings } from '../clients/script-settings.ts'
import { describeIssues, UsageError } from '../model/problem.ts'

/** The settings of the provisioner `command`, as they are written. */
export const commandSettingsSchema = z.strictObject({
  directory: scriptSettings.directory,
  install: argvSchema.describe('program and arguments; {id}, {os}, {address}, {reason} and {label.NAME} are replaced inside of them'),
  benchmark: argvSchema.describe('the last line that it prints is a number, or a JSON object of metrics').exactOptional(),
  destroy: argvSchema.describe('wipes the server; passes if it is clean'),
  markAsBroken: argvSchema.describe('takes the server out of the pool; {reason} says why'),
  env: scriptSettings.env,
  exitCodes: scriptSettings.exitCodes,
})
const schema = z.object({ provisioner: commandSettingsSchema })

/** What the provisioner `command` is told: a program with its arguments for each verb. */
export type CommandSettings = z.infer<typeof commandSettingsSchema>

/**
 * Reads the settings of the provisioner `command`.
 *
 * @throws UsageError with a line for each thing that is wrong or missing in them.
 */
export function readCommandSettings(settings: unknown): CommandSettings {
  const parsed = schema.safeParse({ provisioner: settings })
  if (parsed.success) return parsed.data.provisioner
  const known = `; the settings of command are ${Object.keys(commandSettingsSchema.shape).join(', ')}`
  const lines = describeIssues(parsed.error, { provisioner: settings }, (_key, path) => (path === 'provisioner' ? known : ''))
  throw new UsageError(lines.map((line) => `${line}${howToWrite(line)}`))
}

/** How the verb is written that a line is about as a whole. */
function howToWrite(line: string): string {
  const [, verb] = /^provisioner\.(install|benchmark|destroy|markAsBroken): /.exec(line) ?? []
  return verb === undefined ? '' : `; write for example [./${verb}.sh, "{id}"]`
}
