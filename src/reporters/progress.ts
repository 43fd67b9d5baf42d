import type { Clock } from '../model/clock.ts'
import type { RunEvent, Subscriber } from '../model/event.ts'
import { isDone } from '../model/kept.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import type { Step } from '../model/step.ts'
import type { Status } from '../model/verdict.ts'
import { statusOf } from '../model/verdict.ts'

/** A server that is under way. */
export interface Lane {
  readonly worker: string
  readonly server: ServerId
  /** Nothing between the server's start and its first step. */
  readonly step: Step | undefined
  /** How long the step has been going on, in milliseconds. */
  readonly forMs: number
}

/** How far a run is. */
export interface Progress {
  readonly total: number
  readonly done: Readonly<Record<'passed' | 'failed' | 'skipped', number>>
  readonly waiting: number
  /** In the order in which they were taken up. */
  readonly underWay: readonly Lane[]
  /** Since the first event that was heard. */
  readonly elapsedMs: number
  /**
   * How long the rest will take, by what past runs tell of the servers, or else by those that have finished; then nothing before the first has. Nothing when
   * no more are started.
   */
  readonly leftMs: number | undefined
}

interface Tracker {
  readonly watch: Subscriber<RunState>
  readonly now: () => Progress
}

type Begun = { readonly worker: string; readonly startedAt: number; step: Step | undefined; stepAt: number }

/** Follows a run by its events, each at the same cost; only the first event looks at every server. */
export function trackProgress(clock: Clock): Tracker {
  const ended = new Map<ServerId, Status>()
  const begun = new Map<ServerId, Begun>()
  const counts: Record<Status, number> = { passed: 0, failed: 0, skipped: 0, unfinished: 0 }
  const times = { servers: 0, totalMs: 0 }
  /** What the servers that wait are expected to take. */
  let waitingMs = 0
  let startedAt: number | undefined
  let latest: RunState | undefined

  function settle(server: ServerId, status: Status | undefined): void {
    const before = ended.get(server)
    if (before) counts[before]--
    ended.delete(server)
    if (!status) return
    ended.set(server, status)
    counts[status]++
  }

  function begin(run: RunState): void {
    startedAt = clock.elapsed()
    for (const server of run.servers.values()) {
      if (isDone(server)) settle(server.server.id, statusOf(server))
      else waitingMs += expectedMs(server.server.id, run)
    }
  }

  function finish(id: ServerId, run: RunState): void {
    const status = statusOf(run.servers.get(id)!)
    const lane = begun.get(id)
    begun.delete(id)
    settle(id, status)
    // Servers that were given up say nothing of how long the others take.
    if (!lane || status === 'skipped' || status === 'unfinished') return
    times.servers++
    times.totalMs += clock.elapsed() - lane.startedAt
  }

  function watch(event: RunEvent, run: RunState): void {
    if (startedAt === undefined) begin(run)
    latest = run
    const now = clock.elapsed()
    if (event.type === 'server.started') {
      if (!ended.has(event.server)) waitingMs -= expectedMs(event.server, run)
      settle(event.server, undefined)
      begun.set(event.server, { worker: event.worker, startedAt: now, step: undefined, stepAt: now })
    } else if (event.type === 'step.started') {
      const lane = begun.get(event.server)
      if (lane) Object.assign(lane, { step: event.step, stepAt: now })
    } else if (event.type === 'server.finished') finish(event.server, run)
  }

  function timeLeft(now: number, waiting: number): number | undefined {
    if (!latest || latest.stopping) return undefined
    const run = latest
    if (run.plan.expectedMs) {
      const rests = [...begun].map(([server, lane]) => Math.max(0, expectedMs(server, run) - (now - lane.startedAt)))
      return rests.reduce((longest, rest) => Math.max(longest, rest), (waitingMs + rests.reduce((sum, rest) => sum + rest, 0)) / run.plan.concurrency)
    }
    if (times.servers === 0) return undefined
    const mean = times.totalMs / times.servers
    const begunMs = [...begun.values()].reduce((sum, lane) => sum + Math.max(0, mean - (now - lane.startedAt)), 0)
    return (waiting * mean + begunMs) / run.plan.concurrency
  }

  return {
    watch,
    now() {
      const now = clock.elapsed()
      const total = latest?.servers.size ?? 0
      const waiting = Math.max(0, total - ended.size - begun.size)
      return {
        total,
        done: { passed: counts.passed, failed: counts.failed, skipped: counts.skipped + counts.unfinished },
        waiting,
        underWay: [...begun].map(([server, { worker, step, stepAt }]) => ({ worker, server, step, forMs: now - stepAt })),
        elapsedMs: now - (startedAt ?? now),
        leftMs: timeLeft(now, waiting),
      }
    },
  }
}

function expectedMs(id: ServerId, { plan, servers }: RunState): number {
  return plan.expectedMs?.[servers.get(id)!.index] ?? 0
}
