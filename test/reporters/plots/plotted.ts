import type { PastRun } from '../../../src/model/past-run.ts'
import { pastRunOf } from '../../../src/model/past-run.ts'
import type { Results, ServerResult } from '../../../src/model/results.ts'
import type { ServerId } from '../../../src/model/server.ts'
import type { Threshold } from '../../../src/model/threshold.ts'
import type { ReportInput } from '../../../src/reporters/report-input.ts'
import { resultsOf } from '../../fixtures/results.ts'
import type { Node } from '../junit-parse.ts'
import { parseXml } from '../junit-parse.ts'

/** A server as a plot sees it. */
export interface Plotted {
  readonly id: string
  readonly worker?: string
  readonly model?: string
  readonly metrics?: Readonly<Record<string, number>>
  /** Seconds since the run began, and what each step took: install, benchmark, destroy. */
  readonly from?: number
  readonly took?: readonly [install: number, benchmark: number, destroy: number]
  /** By which metric it failed; `install` if it did not get that far. */
  readonly failedBy?: string
}

const began = Date.parse('2026-11-21T10:00:00.000Z')

export function runOf(servers: readonly Plotted[], changes: Partial<Results['run']> = {}): Results {
  const laid = resultsOf(servers, changes)
  const those = laid.servers.map((server, index) => withSteps(server, servers[index]!))
  const idsOf = (status: ServerResult['status']): ServerId[] => those.filter((server) => server.status === status).map(({ id }) => id)
  return { ...laid, servers: those, passed: idsOf('passed'), failed: idsOf('failed') }
}

function withSteps(server: ServerResult, { worker = 'worker-01', model, from = 0, took: [install, benchmark, destroy] = [60, 120, 30], failedBy }: Plotted): ServerResult {
  const step = (second: number, seconds: number, status: 'passed' | 'failed' = 'passed') => ({ status, startedAt: new Date(began + (from + second) * 1000).toISOString(), durationMs: seconds * 1000, attempts: 1 })
  const failsEarly = failedBy === 'install'
  const measured = { benchmark: step(install, benchmark), check: step(install + benchmark, 0, failedBy === undefined ? 'passed' : 'failed') }
  const seconds = failsEarly ? install : install + benchmark + (failedBy === undefined ? destroy : 0)
  return {
    ...server,
    status: failedBy === undefined ? 'passed' : 'failed',
    worker,
    startedAt: new Date(began + from * 1000).toISOString(),
    durationMs: seconds * 1000,
    labels: { ...(model !== undefined && { model }) },
    steps: failsEarly ? { install: step(0, install, 'failed') } : { install: step(0, install), ...measured, ...(failedBy === undefined && { destroy: step(install + benchmark, destroy) }) },
    rounds: failsEarly ? [] : [{ ...measured, metrics: server.metrics, violations: [] }],
    metrics: failsEarly ? {} : server.metrics,
    violations: failedBy === undefined || failsEarly ? [] : [{ metric: failedBy, value: server.metrics[failedBy] ?? 0, unit: '', bound: { min: 50 }, by: 1 }],
  }
}

export function inputOf(results: Results, thresholds: readonly Threshold[] = [], past: readonly PastRun[] = []): ReportInput {
  return { results, thresholds, past, logOf: () => undefined }
}

/** A run of the same servers so many days before. */
export function pastOf(servers: readonly Plotted[], daysAgo: number): PastRun {
  return pastRunOf(runOf(servers, { id: `r-${daysAgo}`, startedAt: new Date(began - daysAgo * 86_400_000).toISOString() }))
}

/** All elements of an SVG. @throws Error if it is not well-formed. */
export function elementsOf(svg: string): Node[] {
  const all: Node[] = []
  const add = (node: Node): void => {
    all.push(node)
    node.children.forEach(add)
  }
  add(parseXml(svg))
  return all
}

/** What is written in a plot, in the order in which it is drawn. */
export function wordsOf(svg: string): string[] {
  return elementsOf(svg).filter(({ name }) => name === 'text').map(({ text }) => text)
}

/** The paths of a class, as they are drawn. */
export function pathsOf(svg: string, kind: string): string[] {
  return elementsOf(svg).filter(({ name, attributes }) => name === 'path' && attributes['class'] === kind).map(({ attributes }) => attributes['d'] ?? '')
}
