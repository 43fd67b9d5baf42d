import type { Options } from 'yargs'

/** An option by its name, as the parser takes it. */
export type OptionsByName = Readonly<Record<string, Options>>

/** The headings that `--help` has for options of more than one kind of command. */
export const groups = {
  servers: 'Servers:',
  machine: 'Provisioner and steps:',
  verdict: 'Verdict, marks and brakes:',
  time: 'Time:',
  output: 'Output:',
  answer: 'Answer:',
  choosing: 'Choosing:',
} as const

/** A flag whose value is read by `config`, which says what is wrong with it: yargs only takes it as text. */
export const text = (group: string, describe: string, more: Options = {}): Options => ({ type: 'string', requiresArg: true, group, describe, ...more })

/** A flag that is there or not. */
export const flag = (group: string, describe: string): Options => ({ type: 'boolean', group, describe })

/** Some of the options, in the order of their names here. */
export function chosen(options: OptionsByName, names: readonly string[]): OptionsByName {
  return Object.fromEntries(names.map((name) => [name, options[name]!]))
}
