import type { ServerResult } from '../model/results.ts'
import type { Step } from '../model/step.ts'
import { steps } from '../model/step.ts'
import { bounded } from './report-text.ts'
import type { ReportResults } from './servers.ts'

type StepOf = NonNullable<ServerResult['steps'][Step]>

/**
 * trace.json, in chunks: the run in the Chrome trace-event format (JSON object form; complete events `X`, metadata `M`), which
 * ui.perfetto.dev and chrome://tracing open. A worker is a thread, a server a slice with its steps in it; times are microseconds since
 * the run began.
 */
export function* traceJson({ run, servers }: Pick<ReportResults, 'run' | 'servers'>): Iterable<string> {
  const originMs = Date.parse(run.startedAt)
  const threads = new Map<string, number>()
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify({ run: run.id, startedAt: run.startedAt })},"traceEvents":[\n`
  yield line({ name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: `rackbench run ${run.id}` } })
  for (const server of servers) {
    if (server.worker === null || server.startedAt === null) continue
    let tid = threads.get(server.worker)
    if (tid === undefined) {
      tid = threads.size + 1
      threads.set(server.worker, tid)
      yield `,\n${line({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name: server.worker } })}`
    }
    for (const slice of nested(slicesOf(server, originMs))) yield `,\n${line({ ...slice, ph: 'X', pid: 1, tid })}`
  }
  yield '\n]}\n'
}

interface Slice {
  readonly name: string
  readonly cat: string
  readonly ts: number
  readonly dur: number
  readonly args: Readonly<Record<string, unknown>>
}

/** The server, and in it the steps whose beginning is known; of several rounds, each. */
function slicesOf(server: ServerResult, originMs: number): Slice[] {
  const { id, status, error, startedAt, durationMs, rounds, steps: ended } = server
  const others = steps.filter((step) => step !== 'benchmark' && step !== 'check').map((step) => [step, ended[step]] as const)
  const measured = rounds.flatMap(({ benchmark, check }) => [['benchmark', benchmark], ['check', check]] as const)
  const micros = (at: string): number => Math.max(0, Math.round((Date.parse(at) - originMs) * 1000))
  const inner = [...others, ...measured].flatMap(([step, record]): Slice[] => (record?.startedAt === undefined ? [] : [{ name: step, cat: 'step', ts: micros(record.startedAt), dur: record.durationMs * 1000, args: stepArgs(id, record) }]))
  return [{ name: id, cat: 'server', ts: micros(startedAt!), dur: durationMs * 1000, args: { status, ...(error && { error: bounded(error.message) }) } }, ...inner.toSorted((one, other) => one.ts - other.ts)]
}

/** Moments and durations are rounded each by itself: a step that would reach into the next one, or beyond its server, ends there, for slices of a thread must nest. */
function nested([server, ...inner]: readonly Slice[]): Slice[] {
  if (!server) return []
  const end = Math.max(server.ts + server.dur, ...inner.map(({ ts }) => ts))
  return [{ ...server, dur: end - server.ts }, ...inner.map((step, index) => ({ ...step, dur: Math.min(step.ts + step.dur, inner[index + 1]?.ts ?? end) - step.ts }))]
}

function stepArgs(server: string, { status, attempts, error }: StepOf): Slice['args'] {
  return { server, status, attempts, ...(error && { error: bounded(error.message) }) }
}

function line(event: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(event)
}
