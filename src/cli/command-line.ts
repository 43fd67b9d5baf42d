import type { Argv, Options } from 'yargs'
import { UsageError } from '../model/problem.ts'
import type { CommandName, Declared } from './declared.ts'
import { commandNames, declared } from './declared.ts'
import { misread } from './misread.ts'
import { repeatable } from './options/repeatable.ts'

/** What a command is given: flags by their names, and what stands besides them. */
export interface Arguments {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>
  /** What may be given several times, by the names of the flags. */
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly words: readonly string[]
  /** What is wrong with the options themselves, for a command that has more to tell. */
  readonly problems: readonly string[]
}

/** Carries a command out; answers with the exit code. */
export type Command = (args: Arguments) => Promise<number>

interface Setup {
  readonly version: string
  readonly carryOut: (name: CommandName, args: Arguments) => Promise<void>
  /** What an unknown word was probably meant to be: `; did you mean --os?`. */
  readonly suggest: (word: string, known: readonly string[]) => Promise<string>
}

const meanings: Readonly<Record<string, string>> = {
  '[servers..]': 'servers: IDs and ranges (101-115, node-[01-20]), @file, or - for standard input; -- ends the options',
  '<dir>': 'dir: the run directory',
  '<dirs..>': 'dirs: run directories; several need --out',
  '[endpoints..]': 'endpoints: node-01, node-[01-20]:22, 10.0.0.[1-254], [fe80::1]:22, @file, or - for standard input; -- ends the options',
  '<schema|show> [servers..]': 'schema: a JSON Schema of rackbench.config.{yaml,json}, draft 2020-12; takes no options\nshow: the settings in effect, after flags, environment, file and defaults; takes what run takes, and servers need not be given',
  '<explain|try> [args..]':
    'explain [servers..]: which rule wins for a server and metric, and what was passed over; takes the thresholds of the configuration\ntry RULES --on results.json...: what rules would have condemned; RULES is a YAML file with a list of rules, or with thresholds in it',
  '[file]': 'file: servers in YAML, JSON, CSV or an Ansible inventory; without it, the `inventory:` of the configuration',
  '[import|ID] [results..]': 'ID: a server; without one, all of them\nimport results...: results.json of past runs, or their run directories',
  '<A> <B>': 'A, B: a run directory, a results.json, or runs of the history: last, last~7 (the seventh before the last), 2026-11-01..2026-11-07\n(all that began in these days, UTC), the ID of a run. A is the side before; of runs of the history, the earlier one',
  '<results..>': 'results: results.json of past runs, or their run directories',
  '[bash|zsh|fish]': 'the shell; without one, that of $SHELL',
}

/**
 * The parser of the command line. What it cannot take is thrown as a UsageError.
 *
 * Words are read from where yargs leaves what is no option: what it declares as positional it parses a second time, and
 * loses `-` and what begins with a dash.
 */
export async function commandLine(argv: readonly string[], { version, carryOut, suggest }: Setup): Promise<Argv> {
  // Loaded only here: a shell that completes a word need not wait for it.
  const { default: yargs } = await import('yargs')
  const misreadWords = misread(argv, Object.assign({}, ...commandNames.map((name) => declared[name].options)) as Declared['options'])
  if (misreadWords.length > 0) throw new UsageError(misreadWords)
  const parser = yargs([...argv])
    .scriptName('rackbench')
    .parserConfiguration({ 'camel-case-expansion': false, 'parse-numbers': false, 'parse-positional-numbers': false, 'duplicate-arguments-array': true, 'dot-notation': false, 'populate--': true, 'strip-aliased': true })
    .version(version)
    .alias('help', 'h')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error && error.name !== 'YError' ? error : new UsageError([message.replace(/^Not enough arguments following: (.*)$/, (_, key: string) => `${dashed(key)} needs a value`)])
    })
  const isHelpAsked = asksHelp(argv)
  for (const name of commandNames) {
    const { takes, describe, options, examples } = declared[name]
    parser.command(
      name,
      describe,
      (command) => {
        command.options(isHelpAsked ? { ...options } : unseen(options))
        if (isHelpAsked) command.usage(`${`$0 ${name} ${takes}`.trimEnd()}\n\n${describe}\n\n${meanings[takes] ?? ''}`.trimEnd()).example(examples.map(([example, meaning]): [string, string] => [example, meaning]))
      },
      async (parsed) => carryOut(name, await readArguments(name, parsed, suggest)),
    )
  }
  return parser.command('$0', false, {}, async ({ _: [word], '--': _behind, $0: _program, ...given }) => {
    const unknown = Object.keys(given).map((key) => `unknown option ${dashed(key)}`)
    if (word === undefined) throw new UsageError([...unknown, `which command? One of ${commandNames.join(', ')}; \`rackbench --help\` tells more`])
    throw new UsageError([`unknown command ${JSON.stringify(String(word))}${await suggest(String(word), commandNames)}`])
  })
}

export function asksHelp(argv: readonly string[]): boolean {
  return argv.some((word) => word === '--help' || word === '-h')
}

/** The library puts the help of every command together that it carries out: 50 ms for a text that nobody sees. */
function unseen(options: Readonly<Record<string, Options>>): Record<string, Options> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, hidden: true }]))
}

async function readArguments(name: CommandName, parsed: Readonly<Record<string, unknown>>, suggest: Setup['suggest']): Promise<Arguments> {
  const { _: loose, '--': behind = [], $0: _program, help: _help, version: _version, ...given } = parsed
  const known = Object.keys(declared[name].options)
  const unknown = Object.keys(given).filter((key) => !known.includes(key))
  const problems = await Promise.all(unknown.map(async (key) => `unknown option ${dashed(key)}${await suggest(dashed(key), known.map(dashed))}`))
  const words = [...listOf(loose).slice(1), ...listOf(behind)]
  const { takes } = declared[name]
  if (takes === '' && words.length > 0) problems.push(`${name} takes options only, not ${words.map((word) => JSON.stringify(word)).join(' ')}`)
  if (takes.startsWith('<dir') && words.length === 0) problems.push(`${name}: which run directory? \`rackbench ${name} rackbench-out\`, say`)
  if (takes === '<dir>' && words.length > 1) problems.push(`${name} takes one run directory, not ${words.length}: ${words.map((word) => JSON.stringify(word)).join(' ')}`)
  if (takes.startsWith('<dir') && words.includes('')) problems.push(`${name}: the run directory is empty`)
  if (takes === '[file]' && words.length > 1) problems.push(`${name} takes one file, not ${words.length}: ${words.map((word) => JSON.stringify(word)).join(' ')}`)
  if (name !== 'run' && name !== 'config' && problems.length > 0) throw new UsageError(problems)
  return { ...sortOut(name, given), words, problems }
}

/** Of an option that may be given once, the last one counts. */
function sortOut(command: CommandName, given: Readonly<Record<string, unknown>>): Pick<Arguments, 'flags' | 'lists'> {
  const entries = Object.entries(given)
  const isRepeatable = (name: string): boolean => repeatable.has(name) || repeatable.has(`${command} ${name}`)
  const once = entries.filter(([name]) => !isRepeatable(name)).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value])
  const lists = entries.filter(([name]) => isRepeatable(name)).map(([name, value]) => [name, listOf(value)])
  return { flags: Object.fromEntries(once) as Arguments['flags'], lists: Object.fromEntries(lists) as Arguments['lists'] }
}

function dashed(key: string): string {
  return key.length === 1 ? `-${key}` : `--${key}`
}

function listOf(value: unknown): string[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}
