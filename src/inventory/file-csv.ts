import type { CsvError } from 'csv-parse'
import { UsageError } from '../model/problem.ts'
import type { Entry } from './file-entry.ts'
import { quoted } from './file-servers.ts'
import type { FilePlaces } from './file-settings.ts'

/** In bytes: more is a quotation mark that nobody has closed. */
const largestRecord = 1024 * 1024
const delimiters = [',', ';', '\t'] as const

/** What is done with the lines of a CSV file. */
interface CsvReader {
  readonly onEntry: (entry: Entry) => void
  readonly onFlaw: (flaw: { readonly at: string; readonly id?: string | undefined; readonly problem: string }) => void
}

/**
 * Reads CSV with a header. The delimiter, `,`, `;` or a tab, is the one that the header has most of.
 *
 * @throws UsageError if there is no header, a column is there twice, one that is needed is not there, or a quotation mark is never closed.
 */
export async function readCsv(text: string, path: string, places: FilePlaces, { onEntry, onFlaw }: CsvReader): Promise<void> {
  const { parse } = await import('csv-parse/sync')
  const delimiter = delimiterOf(text)
  let header: readonly string[] | undefined
  let lastLine = 0
  const onRecord = (fields: readonly string[], line: number): void => {
    const at = `line ${lastLine + 1 < line ? startOf(fields, line) : line}`
    lastLine = line
    if (!header) {
      header = headerOf(fields, path, places)
      return
    }
    if (fields.every((field) => field === '')) return
    if (fields.length === header.length) onEntry({ at, record: recordOf(header, fields) })
    else onFlaw({ at, id: idOf(header, fields, places), problem: `has ${fields.length} fields where the header has ${header.length}` })
  }
  try {
    parse(text, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: largestRecord,
      on_record: (record: unknown, { lines }: { readonly lines: number }) => {
        onRecord(record as readonly string[], lines)
        return null
      },
    })
  } catch (error) {
    throw faultOf(error, path, lastLine)
  }
  if (!header) throw new UsageError([`${path}: is empty`])
}

/** A record ends at the line that the parser tells; what is quoted may hold breaks. */
function startOf(fields: readonly string[], end: number): number {
  return end - fields.reduce((breaks, field) => breaks + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0)
}

function delimiterOf(text: string): string {
  const [line = ''] = /[^\r\n]+/.exec(text.slice(0, largestRecord)) ?? []
  const unquoted = line.replaceAll(/"[^"]{0,10000}"/g, '')
  const counts = delimiters.map((delimiter) => unquoted.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

function headerOf(columns: readonly string[], path: string, places: FilePlaces): readonly string[] {
  const twice = [...new Set(columns.filter((name, index) => name !== '' && columns.indexOf(name) !== index))]
  const has = (place: string): boolean => place.startsWith('/') || columns.includes(place)
  const asked = [
    ...(places.id === undefined ? [] : [['id', places.id] as const]),
    ...(places.address === undefined ? [] : [['address', places.address] as const]),
    ...(Array.isArray(places.labels) ? places.labels : Object.values(places.labels ?? {})).map((place) => ['labels', place] as const),
  ]
  const known = `the columns are ${columns.slice(0, 20).map(quoted).join(', ')}`
  const problems = [
    ...twice.map((name) => `two columns are called ${quoted(name)}: rename one`),
    ...asked.filter(([, place]) => !has(place)).map(([setting, place]) => `there is no column ${quoted(place)}, which ${setting} names; ${known}`),
    ...(places.id === undefined && !columns.some((name) => /^(?:id|name)$/i.test(name)) ? [`there is no column id or name; ${known}; say which it is with "id:"`] : []),
  ]
  if (problems.length > 0) throw new UsageError(problems.slice(0, 20).map((problem) => `${path}: line 1: ${problem}`))
  return columns
}

function recordOf(header: readonly string[], fields: readonly string[]): Readonly<Record<string, string>> {
  const pairs: [string, string][] = []
  for (const [index, name] of header.entries()) if (name !== '') pairs.push([name, fields[index] ?? ''])
  return Object.fromEntries(pairs)
}

/** What a line calls itself, though it does not fit the header. */
function idOf(header: readonly string[], fields: readonly string[], { id }: FilePlaces): string | undefined {
  const column = header.findIndex((name) => (id === undefined ? /^(?:id|name)$/i.test(name) : name === id))
  return fields[column] === '' ? undefined : fields[column]
}

function faultOf(error: unknown, path: string, lastLine: number): unknown {
  const { code } = error as CsvError
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    return new UsageError([`${path}: line ${lastLine + 1}: a quotation mark is opened and not closed, or the line is longer than 1 MiB`])
  }
  return typeof code === 'string' && code.startsWith('CSV_') ? new UsageError([`${path}: after line ${lastLine}: ${(error as CsvError).message}`]) : error
}
