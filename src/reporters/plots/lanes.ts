import type { ServerResult } from '../../model/results.ts'
import type { ReportResults } from '../servers.ts'
import type { Step } from '../../model/step.ts'

/** A step of a server, in milliseconds since the run began; `other` is a server of which only the whole is known. */
export interface Bar {
  readonly kind: Step | 'other'
  readonly startMs: number
  readonly endMs: number
  readonly failed: boolean
}

/** The time that a worker spent on a server. */
export interface Turn {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
  /** Where it failed, if it did. */
  readonly failedMs?: number
}

export interface Lane {
  readonly worker: string
  /** By their beginning. */
  readonly bars: readonly Bar[]
  readonly turns: readonly Turn[]
  readonly busyMs: number
  readonly endMs: number
}

/** What each worker did, by the workers' names. Servers that were never begun are on no lane. */
export function lanesOf({ run, servers }: ReportResults): Lane[] {
  const originMs = Date.parse(run.startedAt)
  const lanes = new Map<string, { readonly bars: Bar[]; readonly turns: Turn[] }>()
  for (const server of servers) {
    if (server.worker === null || server.startedAt === null) continue
    const startMs = sinceMs(server.startedAt, originMs)
    if (startMs === undefined) continue
    let lane = lanes.get(server.worker)
    if (!lane) lanes.set(server.worker, (lane = { bars: [], turns: [] }))
    const bars = barsOf(server, originMs)
    const endMs = startMs + lasting(server.durationMs)
    lane.bars.push(...(bars.length > 0 ? bars : [{ kind: 'other', startMs, endMs, failed: server.status === 'failed' } as const]))
    lane.turns.push({ id: server.id, startMs, endMs, ...(server.status === 'failed' && { failedMs: bars.findLast(({ failed }) => failed)?.endMs ?? endMs }) })
  }
  return [...lanes].map(([worker, lane]) => laneOf(worker, lane.bars, lane.turns)).toSorted((a, b) => collator.compare(a.worker, b.worker))
}

const collator = new Intl.Collator('en', { numeric: true })

function laneOf(worker: string, bars: readonly Bar[], turns: readonly Turn[]): Lane {
  const sorted = bars.toSorted((a, b) => a.startMs - b.startMs)
  return {
    worker,
    bars: sorted,
    turns: turns.toSorted((a, b) => a.startMs - b.startMs),
    busyMs: sorted.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
    endMs: turns.reduce((last, { endMs }) => Math.max(last, endMs), sorted.reduce((last, { endMs }) => Math.max(last, endMs), 0)),
  }
}

type StepOf = NonNullable<ServerResult['steps'][Step]>

/** The steps whose beginning is known; of several rounds, each. */
function barsOf({ steps: { install, destroy, mark }, rounds }: ServerResult, originMs: number): Bar[] {
  const measured = rounds.flatMap(({ benchmark, check }) => [['benchmark', benchmark], ['check', check]] as const)
  const all: (readonly [Step, StepOf | undefined])[] = [['install', install], ...measured, ['destroy', destroy], ['mark', mark]]
  return all.flatMap(([kind, record]) => {
    const startMs = record?.startedAt === undefined ? undefined : sinceMs(record.startedAt, originMs)
    return !record || startMs === undefined ? [] : [{ kind, startMs, endMs: startMs + lasting(record.durationMs), failed: record.status === 'failed' }]
  })
}

/** Never before the run: clocks of several machines may differ. Nothing for what is no time. */
function sinceMs(at: string, originMs: number): number | undefined {
  const ms = Date.parse(at) - originMs
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

const longestMs = 10 * 365 * 86_400_000

function lasting(ms: number): number {
  return Number.isFinite(ms) ? Math.max(0, Math.min(longestMs, ms)) : 0
}
