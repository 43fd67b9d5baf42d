import type { Options } from 'yargs'
import { choicesOf, flagNames } from '../config/settings.ts'
import { defaults } from '../config/defaults.ts'
import { exitCodes } from '../model/exit-code.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { CommandName } from './declared.ts'
import { declared } from './declared.ts'
import { formats } from './options/answer.ts'

interface Candidate {
  readonly word: string
  readonly meaning: string
}

/** What a word that is being typed may become. */
export interface Candidates {
  readonly words: readonly Candidate[]
  /** What else it may be; the shell looks for these itself. */
  readonly paths: 'files' | 'directories' | 'none'
}

const nothing: Candidates = { words: [], paths: 'none' }

/**
 * Completes the last of these words; those before it are whole. Nothing is read and nothing is asked: it knows what `--help` knows.
 *
 * @param words What stands behind the name of the program; the last may be empty.
 */
export function complete(words: readonly string[]): Candidates {
  const current = words.at(-1) ?? ''
  const [name, ...before] = words.slice(0, -1)
  if (name === undefined) return startingWith(current, current.startsWith('-') ? everywhere : commands())
  return Object.hasOwn(declared, name) ? ofCommand(name as CommandName, before, current) : nothing
}

const everywhere: readonly Candidate[] = [
  { word: '--help', meaning: 'show help' },
  { word: '--version', meaning: 'show the version' },
]

function commands(): Candidate[] {
  return Object.entries(declared).map(([word, { describe }]) => ({ word, meaning: describe }))
}

function ofCommand(name: CommandName, before: readonly string[], current: string): Candidates {
  const { options, takes } = declared[name]
  const { pending, positionals, hasEnded } = walk(before, options)
  if (pending !== undefined) return startingWith(current, ...valuesOf(pending, name))
  const [, option, value] = /^--([^=]+)=(.*)$/s.exec(current) ?? []
  if (!hasEnded && option !== undefined && value !== undefined) return withOption(option, value, name)
  if (!hasEnded && current.startsWith('-')) return startingWith(current, optionsLeft(options, before))
  return ofPosition(positionals, takes, current)
}

interface Walked {
  /** The option whose value comes next. */
  readonly pending?: string
  readonly positionals: readonly string[]
  /** Whether `--` has ended the options. */
  readonly hasEnded: boolean
}

function walk(words: readonly string[], options: Readonly<Record<string, Options>>): Walked {
  const positionals: string[] = []
  let pending: string | undefined
  for (const [index, word] of words.entries()) {
    if (pending !== undefined) pending = undefined
    else if (word === '--') return { positionals: [...positionals, ...words.slice(index + 1)], hasEnded: true }
    else if (word.startsWith('-') && word !== '-') pending = takingValue(word, options)
    else positionals.push(word)
  }
  return { ...(pending !== undefined && { pending }), positionals, hasEnded: false }
}

/** The name of an option whose value is the next word. */
function takingValue(word: string, options: Readonly<Record<string, Options>>): string | undefined {
  const given = word.replace(/^--?/, '')
  const [name, option] = Object.entries(options).find(([known, { alias }]) => (word.startsWith('--') ? known === given : alias === given)) ?? []
  return option?.requiresArg === true ? name : undefined
}

/** Options whose values `config` does not read, or not as a setting. */
const others: Readonly<Record<string, ReturnType<typeof choicesOf>>> = { 'ports history': { words: [], isPath: false }, state: { words: [], isPath: true }, on: { words: [], isPath: true }, junit: { words: [], isPath: true }, 'tls-ca': { words: [], isPath: true } }

function valuesOf(name: string, command: CommandName): [readonly Candidate[], Candidates['paths']] {
  if (name === 'format' && command in formats) return [formats[command as keyof typeof formats].map((word) => ({ word, meaning: '' })), 'none']
  const isSetting = (flagNames as readonly string[]).includes(name)
  const { words, isPath } = others[`${command} ${name}`] ?? others[name] ?? (isSetting ? choicesOf(name as (typeof flagNames)[number]) : { words: [], isPath: false })
  return [words.map((word) => ({ word, meaning: '' })), isPath ? 'files' : 'none']
}

/** `--destroy=al` */
function withOption(option: string, value: string, command: CommandName): Candidates {
  if (takingValue(`--${option}`, declared[command].options) === undefined) return nothing
  const { words, paths } = startingWith(value, ...valuesOf(option, command))
  return { words: words.map(({ word, meaning }) => ({ word: `--${option}=${word}`, meaning })), paths }
}

function optionsLeft(options: Readonly<Record<string, Options>>, before: readonly string[]): Candidate[] {
  const all = Object.entries(options).map(([name, { describe = '' }]) => {
    // What is so by default can only be turned off.
    const word = (defaults as Readonly<Record<string, unknown>>)[name] === true ? `--no-${name}` : `--${name}`
    return { word, meaning: describe }
  })
  const isGiven = (word: string): boolean => before.some((given) => given === word || given.startsWith(`${word}=`))
  return [...all, ...everywhere.slice(0, 1)].filter(({ word }) => !isGiven(word))
}

/** What stands besides options, as the command's help shows it: `<dir>`, `[servers..]`, `<schema|show>`. */
function ofPosition(positionals: readonly string[], takes: string, current: string): Candidates {
  const slots = takes === '' ? [] : takes.split(' ')
  const slot = slots[positionals.length] ?? slots.find((taken) => taken.includes('..'))
  if (slot === undefined) return nothing
  if (slot === '<dir>' || slot === '<dirs..>') return { words: [], paths: 'directories' }
  if (slot === '[file]') return { words: [], paths: 'files' }
  if (slot === '<A>' || slot === '<B>') return startingWith(current, [{ word: 'last', meaning: 'the last run of the history' }], 'files')
  const isFile = slot === '<results..>' || (slot === '[results..]' && positionals[0] === 'import') || (slot === '[args..]' && positionals[0] === 'try')
  // IDs nobody knows here; they may stand in a file.
  if (slot.includes('..')) return { words: [], paths: isFile || current.startsWith('@') ? 'files' : 'none' }
  return startingWith(current, slot.slice(1, -1).split('|').map((word) => ({ word, meaning: '' })))
}

function startingWith(current: string, candidates: readonly Candidate[], paths: Candidates['paths'] = 'none'): Candidates {
  return { words: candidates.filter(({ word }) => word.startsWith(current)), paths }
}

/** Prints what the scripts of `rackbench completion` read: a word and its meaning in each line, and in the last which paths come into question. Never fails. */
export function printCandidates(words: readonly string[]): number {
  const { words: candidates, paths } = complete(words)
  const lines = [...candidates.map(({ word, meaning }) => (meaning === '' ? word : `${word}\t${meaning}`)), ...(paths === 'none' ? [] : [`:${paths}`])]
  guardStream(process.stdout).write(lines.map((line) => `${line}\n`).join(''))
  return exitCodes.passed
}
