import { z } from 'zod'
import type { FaultType } from '../model/fault.ts'

/** What a script may say with an exit code of its own choice. */
const tellable = ['ServerNotOursError', 'UnknownServerError', 'RequestRefusedError', 'MeasurementError'] as const satisfies readonly FaultType[]

const text = z.string().refine((value) => !value.includes('\0'), { message: 'expected a text without NUL characters' })
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable')
const exitCode = z.string().refine(isFreeCode, { message: 'is no exit code to choose: take one from 1 to 254, other than 75 and 126 to 143' })

/** A program and its arguments, as they are written. */
export const argvSchema = z.array(text).refine(([program = '']) => program !== '', { message: 'expected a program and its arguments' })

/** What all scripts of an adapter have in common; in the order in which it is told. */
export const scriptSettings = {
  directory: text.describe('where the programs run').exactOptional(),
  env: z.record(variable, text).describe('environment of the programs, besides ours').exactOptional(),
  exitCodes: z.record(exitCode, z.enum(tellable)).describe('what exit codes of your own choice mean').exactOptional(),
} as const
const schema = z.object(scriptSettings)
export type ScriptSettings = z.infer<typeof schema>

/** The codes that have no meaning yet: 75 is EX_TEMPFAIL, 126 to 143 are the shell's, of signals too, 255 is that of ssh. */
function isFreeCode(key: string): boolean {
  const code = /^[1-9]\d{0,2}$/.test(key) ? Number(key) : NaN
  return code <= 254 && code !== 75 && !(code >= 126 && code <= 143)
}
