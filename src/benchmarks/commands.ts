import { z } from 'zod'
import type { MetricKinds } from '../model/metric-kind.ts'
import { spreadSuffix } from '../model/metric-kind.ts'
import { chosen, hasKey } from './chosen.ts'
import { usualSilenceMs } from './common-options.ts'
import type { MeasuredCommand } from './measured-command.ts'
import { ownCommand, ownCommandSchema } from './own-command.ts'
import { cpuCommand, cpuSchema } from './profiles/cpu.ts'
import { diskCommand, diskSchema } from './profiles/disk.ts'
import { memoryCommand, memorySchema } from './profiles/memory.ts'
import { networkCommand, networkSchema } from './profiles/network.ts'
import { stressCommand, stressSchema } from './profiles/stress.ts'

const profileSchema = z.discriminatedUnion('profile', [cpuSchema, memorySchema, diskSchema, stressSchema, networkSchema], {
  error: ({ code }) => (code === 'invalid_union' ? 'expected cpu | memory | disk | stress | network' : undefined),
})

/** `cpu` is short for `{profile: cpu}`. */
const profileOrName = z.preprocess((given) => (typeof given === 'string' ? { profile: given } : given), profileSchema).meta({ shorthand: { enum: ['cpu', 'memory', 'disk', 'stress'] } })

const commandSchema = chosen(
  [profileOrName, ownCommandSchema],
  (given) => (typeof given === 'string' || hasKey(given, 'profile') ? profileOrName : typeof given === 'object' && given !== null ? ownCommandSchema : undefined),
  'expected a profile, or a command of your own: {name, run, parse}',
)

/** What is run on a server, one after the other, as it is written: profiles, and commands of one's own. */
export const commandsSchema = z
  .array(commandSchema)
  .min(1)
  .max(100)
  .superRefine((written, context) => {
    const names = written.map((command) => commandOf(command).name)
    for (const [index, name] of names.entries()) {
      const first = names.indexOf(name)
      if (first < index) context.addIssue({ code: 'custom', path: [index, 'name'], message: `is the name of command [${first}], too: give one of them another name than ${name}` })
    }
    for (const [index, { repeat = 1, maxSpread }] of written.entries()) {
      if (maxSpread !== undefined && repeat < 2) context.addIssue({ code: 'custom', path: [index, 'maxSpread'], message: 'needs runs that can lie apart: write repeat: 3 beside it' })
    }
  })
export type Commands = z.output<typeof commandsSchema>

/**
 * Makes what is run out of what is written.
 *
 * @param silenceMs How long those may be silent that say nothing of it themselves.
 */
export function readCommands(commands: Commands, silenceMs: number = usualSilenceMs): readonly MeasuredCommand[] {
  return commands.map((written) => commandOf({ silence: silenceMs, ...written }))
}

function commandOf(written: Commands[number]): MeasuredCommand {
  if (!('profile' in written)) return ownCommand(written)
  if (written.profile === 'cpu') return cpuCommand(written)
  if (written.profile === 'memory') return memoryCommand(written)
  if (written.profile === 'disk') return diskCommand(written)
  if (written.profile === 'stress') return stressCommand(written)
  return networkCommand(written)
}

/** What is known of all metrics that commands yield, the spreads of those that are run more than once included. */
export function metricKindsOf(commands: readonly MeasuredCommand[]): MetricKinds {
  return Object.assign({}, ...commands.map(kindsOf)) as MetricKinds
}

function kindsOf({ metrics, repeat }: MeasuredCommand): MetricKinds {
  const spreads = repeat < 2 ? [] : Object.keys(metrics).map((metric) => [`${metric}${spreadSuffix}`, { unit: '%' }] as const)
  return { ...metrics, ...Object.fromEntries(spreads) }
}
