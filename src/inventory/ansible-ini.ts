import { UsageError } from '../model/problem.ts'
import type { Group, Groups } from './ansible-groups.ts'
import type { HostAdder } from './ansible-hosts.ts'
import { valueOfIni } from './ansible-values.ts'
import { splitWords } from './ansible-words.ts'
import type { ServerDraft } from './file-servers.ts'
import { quoted } from './file-servers.ts'

const longestLine = 65_536
const sectionPattern = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const namePattern = /^([^:\]\s]+)\s*(?:#.*)?$/

/** What the lines after a header are. */
interface Section {
  readonly group: Group
  readonly holds: 'hosts' | 'children' | 'vars'
}

/** Where what is read goes. */
interface IniTarget {
  readonly groups: Groups
  readonly hosts: HostAdder
  readonly draft: Pick<ServerDraft, 'refuse'>
}

/**
 * Reads an Ansible inventory in INI.
 *
 * @throws UsageError with a line for each header and group that cannot be; a host whose line is wrong is refused alone.
 */
export function readAnsibleIni(text: string, path: string, target: IniTarget): void {
  const { groups } = target
  const problems: string[] = []
  /** Groups that somebody names, and where; each must have a header of its own. */
  const named = new Map<string, number>()
  const declared = new Set(['all', 'ungrouped'])
  let section: Section | undefined = { group: groups.group('ungrouped'), holds: 'hosts' }
  let number = 0

  for (const line of linesOf(text)) {
    number++
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const tell = (problem: string): unknown => problems.length < 20 && problems.push(`${path}: line ${number}: ${problem}`)
    const header = line.length > longestLine ? null : sectionPattern.exec(line)
    if (header || (line.startsWith('[') && line.endsWith(']'))) {
      section = header ? sectionOf(header, groups, tell) : undefined
      if (!header) tell(`${quoted(line)} is no header: expected [group], [group:children] or [group:vars], without blanks`)
      if (section?.holds === 'vars') named.set(section.group.name, named.get(section.group.name) ?? number)
      else if (section) declared.add(section.group.name)
    } else if (section?.holds === 'hosts') addHostLine(line, `line ${number}`, section.group, target)
    else if (section?.holds === 'vars') setVariable(section.group, line, tell)
    else if (section) {
      const [, child] = namePattern.exec(line.slice(0, longestLine)) ?? []
      if (child === undefined) tell(`expected the name of a group, got ${quoted(line)}`)
      else {
        named.set(child, named.get(child) ?? number)
        groups.addChild(section.group, groups.group(child))
      }
    }
  }
  for (const [name, at] of named) if (!declared.has(name) && problems.length < 20) problems.push(`${path}: line ${at}: there is no group ${quoted(name)}: it has no header of its own`)
  if (problems.length > 0) throw new UsageError(problems)
}

function* linesOf(text: string): Generator<string> {
  const end = /\r\n|\r|\n/g
  let start = 0
  for (let found = end.exec(text); found; found = end.exec(text)) {
    yield text.slice(start, found.index).trim()
    start = end.lastIndex
  }
  yield text.slice(start).trim()
}

function sectionOf([, name = '', holds = 'hosts']: RegExpExecArray, groups: Groups, tell: (problem: string) => void): Section | undefined {
  if (holds === 'hosts' || holds === 'children' || holds === 'vars') return { group: groups.group(name), holds }
  tell(`${quoted(`[${name}:${holds}]`)}: expected children or vars after the colon`)
  return undefined
}

function setVariable({ variables }: Group, line: string, tell: (problem: string) => void): void {
  const equals = line.indexOf('=')
  if (equals < 0) tell(`expected a variable such as rack=A1, got ${quoted(line)}`)
  else if (line.length > longestLine) tell(`is longer than ${longestLine} characters`)
  else variables.set(line.slice(0, equals).trim(), valueOfIni(line.slice(equals + 1).trim()))
}

function addHostLine(line: string, at: string, group: Group, { hosts, draft }: IniTarget): void {
  const found = line.length > longestLine ? { fault: `is longer than ${longestLine} characters` } : splitWords(line)
  if ('fault' in found) {
    const [first = ''] = /^[^\s"'\\#]{1,1000}(?=\s)/.exec(line) ?? []
    return first === '' ? draft.refuse({ at, problem: found.fault }) : hosts.refuse({ pattern: first, at, problem: found.fault })
  }
  const [pattern, ...assignments] = found.words
  if (pattern === undefined) return
  const wrong = assignments.find((word) => !word.includes('='))
  if (wrong !== undefined) return hosts.refuse({ at, pattern, problem: `expected variables such as rack=A1 after the host, got ${quoted(wrong)}` })
  hosts.add({ pattern, at, group, variables: assignments.map((word) => [word.slice(0, word.indexOf('=')), valueOfIni(word.slice(word.indexOf('=') + 1))]) })
}
