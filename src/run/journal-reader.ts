import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { RunEvent } from '../model/event.ts'
import { journalVersion, runEventSchema } from '../model/event.ts'
import { UsageError, describeIssues } from '../model/problem.ts'
import type { RunFold } from '../model/run-state.ts'
import { foldRun } from '../model/run-state.ts'
import { said } from '../model/said.ts'

/** What a journal tells: a run, or that its process died before it had begun one. */
export type ReadJournal =
  | { readonly is: 'run'; readonly fold: RunFold; readonly isEnded: boolean; readonly validBytes: number }
  | { readonly is: 'nothing begun' }

/** A longer line is in no journal of ours: the first one has at most 100,000 servers in it. */
const longestLine = 64 * 1024 * 1024

/**
 * Reads a journal back. A last line that was cut short is left out.
 *
 * @throws UsageError that names the file, and the line that is not one of ours.
 */
export async function readJournal(file: string): Promise<ReadJournal> {
  let fold: RunFold | undefined
  let last: RunEvent['type'] | undefined
  let validBytes = 0
  let number = 0
  for await (const line of wholeLines(file)) {
    number++
    const event = readEvent(line, number, file)
    try {
      if (fold) fold.apply(event)
      else fold = foldRun(event as Extract<RunEvent, { type: 'run.started' }>)
    } catch (error) {
      throw new UsageError([`${file}: line ${number}: ${said(error)}: the journal is damaged`])
    }
    last = event.type
    validBytes += line.length + 1
  }
  if (fold) return { is: 'run', fold, isEnded: last === 'run.finished', validBytes }
  if (!(await beginsAsOurs(file))) throw notOurs(file)
  return { is: 'nothing begun' }
}

/** How the first line of every journal begins. */
const beginning = '{"at":"'

/** Whether a file without a whole line begins as ours do, or is nothing but NULs: a power failure leaves that of a line that was being written. */
async function beginsAsOurs(file: string): Promise<boolean> {
  let isFirst = true
  for await (const chunk of chunksOf(file)) {
    if (isFirst && beginning.startsWith(chunk.toString('utf8', 0, beginning.length))) return true
    if (chunk.some((byte) => byte !== 0)) return false
    isFirst = false
  }
  return true
}

function notOurs(file: string): UsageError {
  return new UsageError([`${file} is not a rackbench journal: its first line is not run.started`])
}

function readEvent(line: Buffer, number: number, file: string): RunEvent {
  const content = parse(line)
  if (number === 1) {
    if (Reflect.get(content ?? {}, 'type') !== 'run.started') throw notOurs(file)
    const version: unknown = Reflect.get(content ?? {}, 'version')
    if (typeof version === 'number' && version > journalVersion) {
      throw new UsageError([`${file} was written by a newer rackbench (journal version ${version}, this one reads ${journalVersion}): use that one`])
    }
  }
  const read = runEventSchema.safeParse(content)
  if (read.success) return read.data
  const [issue = 'it is not an event'] = content === undefined ? ['it is not JSON'] : describeIssues(read.error, content)
  throw new UsageError([`${file}: line ${number} is not an event of rackbench: ${issue}: the journal is damaged`])
}

function parse(line: Buffer): object | undefined {
  try {
    const content: unknown = JSON.parse(line.toString('utf8'))
    return typeof content === 'object' && content !== null ? content : undefined
  } catch {
    return undefined
  }
}

/** The lines that end with a line feed, as bytes. */
async function* wholeLines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let restLength = 0
  for await (const chunk of chunksOf(file)) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield rest.length === 0 ? chunk.subarray(from, end) : Buffer.concat([...rest, chunk.subarray(from, end)])
      rest = []
      restLength = 0
      from = end + 1
    }
    rest.push(chunk.subarray(from))
    restLength += chunk.length - from
    if (restLength > longestLine) throw new UsageError([`${file} is not a rackbench journal: it has a line of more than 64 MiB`])
  }
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    if (!(await stat(file)).isFile()) throw new UsageError([`${file} is not a file`])
    yield* createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError([code === 'ENOENT' ? `${file} does not exist: there is no run here` : `cannot read ${file}: ${code ?? String(error)}`])
  }
}
