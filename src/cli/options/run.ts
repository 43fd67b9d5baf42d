import { defaults, defaultsInWords } from '../../config/defaults.ts'
import { answerWithin } from './answer.ts'
import { judging } from './judging.ts'
import { limits } from './limits.ts'
import type { OptionsByName } from './option.ts'
import { groups, text } from './option.ts'
import { written } from './output.ts'
import { selecting } from './selecting.ts'
import { steps } from './steps.ts'

const { answer, output } = groups
const known: Readonly<Record<string, unknown>> = { ...defaults, ...defaultsInWords }

function withDefaults(options: OptionsByName): OptionsByName {
  const described = Object.entries(options).map(([name, option]) => [name, name in known ? { ...option, defaultDescription: String(known[name]) } : option] as const)
  return Object.fromEntries(described)
}

/** The options of `rackbench run`, in the order and the groups of its help. */
export const runOptions = withDefaults({ ...selecting, ...steps, ...judging, ...limits, ...written })

/** The options of `rackbench config show`: those of `run`, and how it prints. */
export const configOptions: OptionsByName = {
  ...runOptions,
  format: text(output, 'yaml: with comments that say where each value is from; json', { defaultDescription: 'yaml' }),
}

/** The options of `rackbench doctor`: all that `run` takes, so that it can stand in its place. */
export const doctorOptions: OptionsByName = { format: text(answer, 'text or json', { defaultDescription: 'text' }), ...answerWithin, ...runOptions }
