import { resolve } from 'node:path'
import type { ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'
import { expandWord } from './range.ts'
import { limits, readText, reasonOf } from './read-text.ts'
import type { Tell } from './wording.ts'
import { quote } from './wording.ts'

/** How many servers one selection can hold, those named twice counted twice. */
const mostServers = 100_000

const emptyArgument = 'an empty server argument: is the Jenkins parameter SERVERS set?'
const mostFaults = 20
const rule = 'an ID is a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all'

/** Where a selection is written down. */
export interface Selecting {
  readonly args: readonly string[]
  /** What `@file` is relative to. */
  readonly folder: string
  /** What `-` stands for; without it `-` is a word like any other. */
  readonly readStdin?: () => Promise<string>
  /** What problems are told after, if not the command line. */
  readonly label?: string
}

interface Selection {
  /** In the order they were given, each once. */
  readonly ids: readonly ServerId[]
  readonly duplicates: number
}

/** Reads server arguments: IDs and ranges, `@file` and `-`, several in one argument if need be. */
export async function expandServers({ args, folder, readStdin, label }: Selecting, tell: Tell): Promise<Selection> {
  const draft = startDraft(tell)
  let input: Promise<string | undefined> | undefined
  const at = label === undefined ? '' : `${label}: `
  for (const arg of args) {
    // A line break at the end is a careless parameter; one inside an argument is no separator, so that its IDs are refused.
    const words = arg.trim().split(/[ \t,]+/).filter(Boolean)
    if (words.length === 0) tell(label === undefined ? emptyArgument : `${at}an empty text names no servers`)
    for (const word of words) {
      if (draft.isFull()) break
      if (word === '-' && readStdin) draft.addList(await (input ??= readInput(readStdin, tell)), '-')
      else if (word.startsWith('@') && word.length > 1) {
        const list = { limit: limits.servers, label: `${at}${word}` }
        draft.addList(await readText(resolve(folder, word.slice(1)), list, tell), list.label)
      } else draft.addWord(word, at)
    }
  }
  return draft.end()
}

export async function readInput(readStdin: () => Promise<string>, tell: Tell): Promise<string | undefined> {
  try {
    const text = await readStdin()
    if (text.length <= limits.servers) return text.replace(/^\uFEFF/, '')
    tell('-: standard input is larger than 64 MiB')
  } catch (error) {
    tell(`-: standard input ${reasonOf(error)}`)
  }
  return undefined
}

/** A selection while it grows: it stops growing at the limit, and tells of the first faults only. */
interface Draft {
  /** One ID, or a range. */
  readonly addWord: (word: string, at: string) => void
  /** One ID as it is. */
  readonly addId: (id: string, at: string) => void
  /** IDs as they are, from a text with comments. */
  readonly addList: (text: string | undefined, at: string) => void
  readonly isFull: () => boolean
  readonly end: () => Selection
}

export function startDraft(tell: Tell): Draft {
  const spelling = new Map<string, ServerId>()
  let added = 0
  let duplicates = 0
  let faults = 0
  const fault: Tell = (problem) => {
    faults++
    if (faults <= mostFaults) tell(problem)
  }
  const isFull = (): boolean => added > mostServers
  const add = (id: string, at: string): void => {
    added++
    const known = spelling.get(id.toLowerCase())
    if (isFull()) tell(`${at}more than ${mostServers} servers in all`)
    else if (!isServerId(id)) fault(`${at}${quote(id)} is not a server ID: ${rule}`)
    else if (known === undefined) spelling.set(id.toLowerCase(), id)
    else if (known === id) duplicates++
    else fault(`${at}${id} and ${known} differ only in case: their logs would be one file`)
  }
  return {
    isFull,
    addId: add,
    addWord(word, at) {
      const expanded = expandWord(word)
      if ('fault' in expanded) fault(`${at}${expanded.fault}`)
      else if (expanded.count > BigInt(mostServers)) fault(`${at}${quote(word)} holds more than ${mostServers} servers`)
      else if (expanded.count > 1n && !isServerId(firstOf(expanded.ids()))) fault(`${at}${quote(word)} does not give server IDs: ${rule}`)
      else addAll(expanded.ids(), (id) => add(id, at), isFull)
    },
    addList(text, at) {
      if (text === undefined) return
      const before = added
      addAll(listed(text), ({ id, line }) => add(id, `${at} line ${line}: `), isFull)
      if (added === before) tell(`${at}: holds no server IDs`)
    },
    end() {
      if (faults > mostFaults) tell(`and ${faults - mostFaults} more`)
      return { ids: [...spelling.values()], duplicates }
    },
  }
}

function addAll<T>(items: Iterable<T>, add: (item: T) => void, isFull: () => boolean): void {
  for (const item of items) {
    if (isFull()) return
    add(item)
  }
}

/** The first ID of a range shows whether all are well formed. */
function firstOf(ids: Iterable<string>): string {
  const [first = ''] = ids
  return first
}

/** The IDs of a text, one by one: it may be as large as a file can be. */
export function* listed(text: string): Generator<{ readonly id: string; readonly line: number }> {
  let line = 1
  for (const [part] of text.matchAll(/#[^\r\n]*|\r\n?|\n|[^\s#]+/g)) {
    if (part.startsWith('\r') || part.startsWith('\n')) line++
    else if (!part.startsWith('#')) yield { id: part, line }
  }
}
