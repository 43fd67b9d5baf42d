import { z } from 'zod'
import { durationSchema } from '../model/duration-schema.ts'
import type { MeasuredCommand } from './measured-command.ts'

const percentPattern = /^(\d{1,4}(?:\.\d{1,4})?)%$/

/** A duration from a second to a day, as milliseconds. */
export const duration = (usual: string) => durationSchema({ leastMs: 1000, mostMs: 86_400_000, example: usual }).meta({ default: usual })

/** `5%`, as a share: 0.05. */
const percentage = z.unknown().transform((value, context): number => {
  const [, percent] = (typeof value === 'string' && percentPattern.exec(value)) || []
  if (percent === undefined) context.addIssue({ code: 'custom', message: 'expected a share such as 5%' })
  return Number(percent ?? 0) / 100
})

const commandNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/

/** What can be said of any command, a profile or one's own. */
export const commonOptions = {
  name: z.string().regex(commandNamePattern, 'is no name: take a letter, then up to 39 letters, digits, _ and -').describe('what its metrics begin with'),
  repeat: z.int().min(1).max(100).describe('how often it is run; the median counts').meta({ default: 1 }).exactOptional(),
  maxSpread: percentage.describe('how far the runs may lie apart before it is told: 5% of the median').meta({ type: 'string', pattern: percentPattern.source }).exactOptional(),
  repeatable: z.boolean().describe('begun anew when the connection drops').exactOptional(),
  silence: duration('15m').describe('stopped when it prints nothing for so long, beyond the seconds that a profile measures').exactOptional(),
}

/** What any profile has. */
export const profileOptions = { ...commonOptions, name: commonOptions.name.exactOptional() }

/** How long each measurement of a profile takes. */
export const seconds = z.int().min(1).max(86_400)

interface CommonOptions {
  readonly name?: string
  readonly repeat?: number
  readonly maxSpread?: number
  readonly repeatable?: boolean
  readonly silence?: number
}

interface Otherwise {
  readonly name: string
  readonly repeatable: boolean
  /** How long it measures and prints nothing, as it should; its silence is counted beyond that. */
  readonly seconds: number
}

/** How long a command may be silent if nothing else is said, in milliseconds. */
export const usualSilenceMs = 15 * 60_000

/** The part of a command that each has, from what is written and what holds otherwise. */
export function commonOf(options: CommonOptions, otherwise: Otherwise): Pick<MeasuredCommand, 'name' | 'repeat' | 'maxSpread' | 'repeatable' | 'silenceMs'> {
  return {
    name: options.name ?? otherwise.name,
    repeat: options.repeat ?? 1,
    ...(options.maxSpread !== undefined && { maxSpread: options.maxSpread }),
    repeatable: options.repeatable ?? otherwise.repeatable,
    silenceMs: (options.silence ?? usualSilenceMs) + otherwise.seconds * 1000,
  }
}
