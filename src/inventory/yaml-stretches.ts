/** Some entries of a longer YAML text: a text of its own, of the same form. */
export interface YamlStretch {
  readonly text: string
  /** Where it begins, from 1. */
  readonly firstLine: number
}

/** In characters: the tree of a text takes some 70 times its size, and only that of one stretch is there at a time. */
const stretchLength = 256 * 1024

/** What holds beyond one entry, or is not split: an anchor or its alias, a second document, a directive. */
const beyondOne = /(?:^|[\s[{,:-])[&*][^\s,\]}]|^(?:---|\.\.\.|%)/m
/** Groups of an Ansible inventory, whose hosts do not stand side by side. */
const ofAnsible = /\b(?:hosts|children|vars|plugin)\b/
/** Keys that make an object something else than one that is keyed by ID. */
const keysOfOne: ReadonlySet<string> = new Set(['servers', 'id', 'name'])

/**
 * Splits a long YAML text whose entries stand one below the other: as a list, as the list `servers`, or keyed by ID.
 *
 * @returns undefined for a text that is short, or may be of another form: it is to be read as a whole.
 */
export function yamlStretches(text: string, length = stretchLength): Iterable<YamlStretch> | undefined {
  const body = bodyOf(text)
  if (text.length <= length || !body || beyondOne.test(body.text)) return undefined
  const isEntry = entryTest(body.text)
  if (!isEntry) return undefined
  for (const { line } of linesOf(body.text)) if (isEntry(line) === 'something else') return undefined
  return split(body, isEntry, length)
}

/** What a line is to a text that is split: the first of an entry, one that goes on, or a sign that it cannot be. */
type EntryTest = (line: string) => 'entry' | 'goes on' | 'something else'

/** The text from its first entry on: without the line that begins a document, and without `servers:`. */
function bodyOf(text: string): YamlStretch | undefined {
  let sawKey = false
  let sawBegin = false
  for (const { line, start, number } of linesOf(text)) {
    if (isBlank(line)) continue
    if (!sawBegin && !sawKey && line.trimEnd() === '---') sawBegin = true
    else if (!sawKey && /^servers:\s*(?:#.*)?$/.test(line)) sawKey = true
    else return sawKey && !/^ *- /.test(line) ? undefined : { text: text.slice(start), firstLine: number }
  }
  return undefined
}

function entryTest(body: string): EntryTest | undefined {
  const [, blanks = ''] = /^( *)- /.exec(body) ?? []
  if (/^ *- /.test(body)) {
    const entry = `${blanks}- `
    return (line) => {
      if (line.startsWith(entry) || line === `${blanks}-`) return 'entry'
      return isBlank(line) || line.startsWith(`${blanks} `) ? 'goes on' : 'something else'
    }
  }
  if (ofAnsible.test(body)) return undefined
  return (line) => {
    const [, key] = /^([A-Za-z0-9][\w.:-]*):(?:\s|$)/.exec(line) ?? []
    if (key !== undefined) return keysOfOne.has(key) ? 'something else' : 'entry'
    return isBlank(line) || line.startsWith(' ') ? 'goes on' : 'something else'
  }
}

function* split({ text, firstLine }: YamlStretch, isEntry: EntryTest, length: number): Iterable<YamlStretch> {
  let from = { start: 0, number: 1 }
  for (const { line, start, number } of linesOf(text)) {
    if (start - from.start < length || isEntry(line) !== 'entry') continue
    yield { text: text.slice(from.start, start), firstLine: firstLine + from.number - 1 }
    from = { start, number }
  }
  yield { text: text.slice(from.start), firstLine: firstLine + from.number - 1 }
}

/** Without its line break. Of a comment nobody knows to what it belongs, and it does not matter. */
function isBlank(line: string): boolean {
  return /^\s*(?:#.*)?$/.test(line)
}

function* linesOf(text: string): Iterable<{ readonly line: string; readonly start: number; readonly number: number }> {
  let number = 1
  for (let start = 0; start < text.length; number++) {
    const end = text.indexOf('\n', start)
    const next = end < 0 ? text.length : end + 1
    yield { line: text.slice(start, end < 0 ? next : end).replace(/\r$/, ''), start, number }
    start = next
  }
}
