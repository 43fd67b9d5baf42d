import type { PastRun, PastServer } from '../model/past-run.ts'
import type { ServerId } from '../model/server.ts'
import type { Step } from '../model/step.ts'
import type { CacheOptions } from './cache.ts'
import { withCache } from './cache.ts'
import type { Database, Row } from './engine.ts'
import type { HistoryStore } from './store.ts'

/** Which part of the past is asked for. */
export interface LastAsked {
  readonly servers: readonly ServerId[]
  /** How many values at most, of each. */
  readonly last: number
  /** Only runs that started before; ISO 8601. */
  readonly before?: string
  /** Only runs that installed this. */
  readonly os?: string
  /** Only these metrics; without them, all that a server's newest run has, and others as far as they are met. */
  readonly metrics?: readonly string[]
}

/** What servers measured in the last runs in which no value of theirs was bad: by server and metric, the oldest first. A server without any is not there. */
export type LastValues = ReadonlyMap<ServerId, ReadonlyMap<string, readonly number[]>>

/** What the steps of servers took in the last runs in which they were measured, in milliseconds, the oldest first: those that did not fail. A server without any is not there. */
export type LastSteps = ReadonlyMap<ServerId, ReadonlyMap<Step, readonly number[]>>

/** A run without its servers. */
export interface RunHead extends Omit<PastRun, 'servers'> {
  /** Its number in these answers; no other run has it. */
  readonly number: number
  /** In milliseconds since 1970. */
  readonly startedAt: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Which runs are asked for. */
export interface Span {
  /** Runs that started then or later, in milliseconds since 1970. */
  readonly since: number
  /** So many of the last ones. */
  readonly last: number
}

/** What can be asked of a history. The answers are what the files say. */
export interface Questions {
  readonly lastValues: (asked: LastAsked) => LastValues
  readonly lastSteps: (asked: LastAsked) => LastSteps
  /** The last runs, the oldest first. */
  readonly runs: (span: Span) => readonly RunHead[]
  /** What became of a server in its last runs, the oldest first. */
  readonly ofServer: (id: string, span: Span) => readonly (readonly [RunHead, PastServer])[]
  /** The servers of a run. */
  readonly inRun: (run: RunHead) => readonly PastServer[]
  /** How many runs there are, or how many a server was in. */
  readonly count: (server?: string) => number
}

/**
 * Asks the runs of a store, by the cache that is kept of it.
 *
 * @param ask Is called anew if the cache turns out to be damaged: it only asks.
 * @throws Error if the store cannot be read.
 */
export async function askHistory<T>(store: HistoryStore, options: CacheOptions, ask: (questions: Questions) => T): Promise<T> {
  return withCache(store, options, (database) => ask(questionsTo(database)))
}

/** Further back nobody looks for values that have become rare. */
const mostLooked = 500

/**
 * In which runs of a server its values count: it passed, or the check failed it for what it did not know. A rule that requires a past would never get one
 * if its own complaint made the value none.
 */
const unblamed = "(status = 'passed' OR json_extract(told, '$.error.step') = 'check' AND json_extract(told, '$.error.type') = 'MeasurementError')"

/** In which runs of a server install and benchmark ran to their end, whatever became of it then. */
const measuredToTheEnd = "(status = 'passed' OR json_extract(told, '$.error.step') IN ('check', 'destroy', 'mark'))"

function questionsTo(database: Database): Questions {
  const all = (sql: string, values: (string | number)[]): Row[] => database.all(sql, values) as Row[]

  function lastOf<Key extends string>({ servers, last, before, os }: LastAsked, runs: string, take: (server: PastServer) => Readonly<Partial<Record<Key, number>>>, wanted?: readonly Key[]): ReadonlyMap<ServerId, ReadonlyMap<Key, readonly number[]>> {
    const end = before === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(before)
    const statement = database.prepare(`SELECT number, told FROM measured WHERE server = ? AND ${runs} AND started < ? ORDER BY started DESC, number DESC LIMIT ?`)
    const ofOs = os === undefined ? undefined : new Set(all("SELECT number FROM run WHERE json_extract(head, '$.run.os') = ?", [os]).map(({ number }) => number))
    const found = new Map<ServerId, ReadonlyMap<Key, readonly number[]>>()
    try {
      for (const id of servers) {
        const rows = only(statement.iterate([id, end, mostLooked]) as Iterable<Row>, ({ number }) => !ofOs || ofOs.has(number))
        const values = collected(rows, { last, ...(wanted && { wanted }) }, take)
        if (values.size > 0) found.set(id, values)
      }
      return found
    } finally {
      statement.finalize()
    }
  }

  return {
    lastValues: (asked) => lastOf(asked, unblamed, ({ metrics }) => metricsOf(metrics, asked.metrics), asked.metrics),
    lastSteps: (asked) => lastOf<Step>(asked, measuredToTheEnd, wholeSteps),
    runs: ({ since, last }) => all('SELECT * FROM run WHERE started >= ? ORDER BY started DESC, file DESC LIMIT ?', [since, last]).map(headOf).toReversed(),
    ofServer: (id, { since, last }) =>
      all('SELECT run.*, told FROM measured JOIN run USING (number) WHERE server = ? AND measured.started >= ? ORDER BY measured.started DESC, number DESC LIMIT ?', [id, since, last])
        .map((row) => [headOf(row), serverOf(row)] as const)
        .toReversed(),
    inRun: ({ number }) => all('SELECT told FROM measured WHERE number = ? ORDER BY server', [number]).map(serverOf),
    count: (server) => Number((server === undefined ? all('SELECT count(*) AS runs FROM run', []) : all('SELECT count(*) AS runs FROM measured WHERE server = ?', [server]))[0]?.['runs']),
  }
}

/** A check that fails has taken what a check takes. Of what failed besides the verdict's step, files of earlier versions say nothing. */
function wholeSteps({ stepsMs, failedSteps = [], error }: PastServer): PastServer['stepsMs'] {
  const isWhole = (step: string): boolean => step === 'check' || (step !== error?.step && !failedSteps.some((failed) => failed === step))
  return Object.fromEntries(Object.entries(stepsMs).filter(([step]) => isWhole(step)))
}

function metricsOf(metrics: PastServer['metrics'], wanted: readonly string[] | undefined): PastServer['metrics'] {
  return wanted ? Object.fromEntries(wanted.flatMap((name) => (Object.hasOwn(metrics, name) ? [[name, metrics[name]!]] : []))) : metrics
}

function* only(rows: Iterable<Row>, is: (row: Row) => boolean): Iterable<Row> {
  for (const row of rows) if (is(row)) yield row
}

interface Enough<Key> {
  readonly last: number
  readonly wanted?: readonly Key[]
}

/** Rows come with the newest first; enough is when all that is wanted is there so often: without a word, all that the newest one has. */
function collected<Key extends string>(rows: Iterable<Row>, { last, wanted: asked }: Enough<Key>, take: (server: PastServer) => Readonly<Partial<Record<Key, number>>>): ReadonlyMap<Key, readonly number[]> {
  const values = new Map<Key, number[]>()
  let wanted = asked
  for (const row of rows) {
    const taken = take(serverOf(row))
    wanted ??= Object.keys(taken) as Key[]
    for (const [key, value] of Object.entries(taken) as [Key, number][]) {
      const known = values.get(key) ?? []
      if (known.length < last) values.set(key, [value, ...known])
    }
    if (wanted.length > 0 && wanted.every((key) => (values.get(key)?.length ?? 0) >= last)) break
  }
  return values
}

function headOf({ head, number, started, passed, failed, skipped }: Row): RunHead {
  return { ...(JSON.parse(String(head)) as Omit<PastRun, 'servers'>), number: Number(number), startedAt: Number(started), passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }
}

function serverOf({ told }: Row): PastServer {
  return JSON.parse(String(told)) as PastServer
}
