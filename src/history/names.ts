import { createHash } from 'node:crypto'
import type { PastRun } from '../model/past-run.ts'

/** What the name of a file tells: which run is in it, and in which state of it. Nothing of an ID is in a name, so that any ID is safe. */
export interface FileName {
  readonly name: string
  /** When the run started, in milliseconds since 1970. */
  readonly startedAt: number
  /** Stands for the run: its start and its ID. */
  readonly run: string
  /** How late in the run's life this is: texts that sort. A run that had not ended comes before every end of it. */
  readonly state: string
}

const pattern = /^(\d{8}T\d{9}Z)-([\da-f]{16})-((?:open\d{9}|\d{8}T\d{9}Z))-([\da-f]{16})\.json$/

/** Takes a file's name apart; nothing if it is none of ours. */
export function readName(name: string): FileName | undefined {
  const [, start = '', run = '', end = ''] = pattern.exec(name) ?? []
  const startedAt = instantOf(start)
  if (startedAt === undefined) return undefined
  return { name, startedAt, run: `${start}-${run}`, state: end.startsWith('open') ? `0 ${end}` : `1 ${end}` }
}

/**
 * The name of the file that a run is kept in: by its start, its ID, its end and the text itself. The same text has one name, and a later state
 * of the run, which was resumed meanwhile, has another.
 *
 * @param text What is in the file.
 * @throws Error if the run's times are none.
 */
export function nameOf({ run: { id, startedAt, finishedAt }, servers }: PastRun, text: string): string {
  const end = finishedAt === null ? `open${String(servers.length).padStart(9, '0')}` : compact('finishedAt', finishedAt)
  return `${compact('startedAt', startedAt)}-${hash(id)}-${end}-${hash(text)}.json`
}

/** Which of two states of a run is the later one; of two with the same end either, but always the same. */
export function byState(a: FileName, b: FileName): number {
  return a.state === b.state ? compare(a.name, b.name) : compare(a.state, b.state)
}

/** Runs in the order in which they started. */
export function byStart(a: FileName, b: FileName): number {
  return a.startedAt - b.startedAt || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function compact(what: string, time: string): string {
  const ms = Date.parse(time)
  const text = Number.isFinite(ms) ? new Date(ms).toISOString() : ''
  if (!/^\d{4}-/.test(text)) throw new Error(`its ${what} is no time: ${JSON.stringify(time.slice(0, 40))}`)
  return text.replaceAll(/[-:.]/g, '')
}

function instantOf(compacted: string): number | undefined {
  const ms = Date.parse(compacted.replace(/^(....)(..)(..)T(..)(..)(..)(...)Z$/, '$1-$2-$3T$4:$5:$6.$7Z'))
  return Number.isFinite(ms) ? ms : undefined
}
