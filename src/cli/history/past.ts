import type { Questions, RunHead } from '../../history/questions.ts'
import type { PastServer } from '../../model/past-run.ts'
import { matchesGlob } from '../../model/glob.ts'
import { selectServers } from '../select-servers.ts'
import type { Asked } from './asked.ts'

/** A run, and those of its servers that are asked for. */
export interface RunPart {
  readonly run: RunHead
  readonly servers: readonly PastServer[]
}

/** The part of a history that is asked for, the oldest run first. */
export interface Past {
  readonly parts: readonly RunPart[]
  /** The metrics that the servers of these runs measured, whether asked for or not. */
  readonly measured: readonly string[]
  /** How many runs the history has. */
  readonly runs: number
  /** In how many of them the server was that is asked for; without one, all. */
  readonly total: number
}

/** Asks for runs with their servers; those that do not meet the conditions are left out, and so are runs without any other. */
export function pastAsked(questions: Questions, { id, span, conditions, metrics }: Asked): Past {
  const found =
    id === undefined
      ? questions.runs(span).map((run) => ({ run, servers: questions.inRun(run) }))
      : questions.ofServer(id, span).map(([run, server]) => ({ run, servers: [server] }))
  const met = found.map(({ run, servers }) => ({ run, servers: conditions.length > 0 ? meeting(servers, conditions) : servers })).filter(({ servers }) => conditions.length === 0 || servers.length > 0)
  const isMeant = (name: string): boolean => metrics.length === 0 || metrics.some((pattern) => matchesGlob(pattern, name))
  const chosen = ({ metrics: all, ...server }: PastServer): PastServer => ({ ...server, metrics: Object.fromEntries(Object.entries(all).filter(([name]) => isMeant(name))) })
  return { parts: met.map(({ run, servers }) => ({ run, servers: servers.map(chosen) })), measured: metricsIn(met), runs: questions.count(), total: questions.count(id) }
}

function meeting(servers: readonly PastServer[], conditions: Asked['conditions']): readonly PastServer[] {
  const met = new Set(selectServers(servers, conditions))
  return servers.filter((server) => met.has(server))
}

/** What is asked for by `--metric` and was never measured. */
export function unmeasured({ metrics }: Pick<Asked, 'metrics'>, { measured }: Past): readonly string[] {
  return metrics.filter((pattern) => !measured.some((name) => matchesGlob(pattern, name)))
}

/** The names of all metrics that were measured, in the order in which they came up. */
export function metricsIn(parts: readonly RunPart[]): readonly string[] {
  return [...new Set(parts.flatMap(({ servers }) => servers.flatMap(({ metrics }) => Object.keys(metrics))))]
}

/** A metric's unit, as the newest run that knows one has it. */
export function unitIn(parts: readonly RunPart[], metric: string): string {
  const units = parts.map(({ run: { metrics } }) => (Object.hasOwn(metrics, metric) ? metrics[metric]!.unit : undefined))
  return units.findLast((unit) => unit !== undefined) ?? ''
}
