import { z } from 'zod'
import type { FaultType } from '../model/fault.ts'
import { describeIssues, UsageError } from '../model/problem.ts'

/** What a script may say with an exit code of its own choice. */
const tellable = ['ServerNotOursError', 'UnknownServerError', 'RequestRefusedError', 'MeasurementError'] as const satisfies readonly FaultType[]

const text = z.string().refine((value) => !value.includes('\0'), { message: 'expected a text without NUL characters' })
const argv = z.array(text).refine(([program = '']) => program !== '', { message: 'expected a program and its arguments' })
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable')
const exitCode = z.string().refine(isFreeCode, { message: 'is no exit code to choose: take one from 1 to 254, other than 75 and 126 to 143' })

/** The settings of the provisioner `command`, as they are written. */
export const commandSettingsSchema = z.strictObject({
  directory: text.describe('where the programs run').exactOptional(),
  install: argv.describe('program and arguments; {id}, {os}, {address} and {reason} are replaced inside of them'),
  benchmark: argv.describe('the last line that it prints is a number, or a JSON object of metrics').exactOptional(),
  destroy: argv.describe('wipes the server; passes if it is clean'),
  markAsBroken: argv.describe('takes the server out of the pool; {reason} says why'),
  env: z.record(variable, text).describe('environment of the programs, besides ours').exactOptional(),
  exitCodes: z.record(exitCode, z.enum(tellable)).describe('what exit codes of your own choice mean').exactOptional(),
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

/** The codes that have no meaning yet: 75 is EX_TEMPFAIL, 126 to 143 are the shell's, of signals too, 255 is that of ssh. */
function isFreeCode(key: string): boolean {
  const code = /^[1-9]\d{0,2}$/.test(key) ? Number(key) : NaN
  return code <= 254 && code !== 75 && !(code >= 126 && code <= 143)
}
