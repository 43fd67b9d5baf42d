import { problemsOf } from './outcome.ts'
import { exitCodes } from './exit-code.ts'
import type { Plan } from './plan.ts'
import type { RunState } from './run-state.ts'
import type { ServerId } from './server.ts'
import type { ServerState } from './server-state.ts'
import { addTally, nothing, tallyOf } from './totals.ts'
import { nothingReported } from './unreported.ts'

/** Several runs as if they had been one: shards on several agents, or a run and the one that repeats what failed. */
export interface MergedRuns {
  readonly state: RunState
  /** From which of the runs each server is, as its place among them. */
  readonly from: ReadonlyMap<ServerId, number>
  /** Servers that are in more than one run: the newest run with it counts. */
  readonly twice: readonly ServerId[]
  readonly differ: Differences
}

/** Where runs were not alike, the reports tell of the newest. */
export interface Differences {
  /** Whether they were judged by different rules. */
  readonly rules: boolean
  /** What they installed, each once, that of the newest first. */
  readonly os: readonly string[]
  /** The types of their provisioners, each once, that of the newest first. */
  readonly provisioners: readonly string[]
}

/**
 * Lays runs together. Servers stand in the order of the runs, each once. What is in order with the whole is judged anew by what counts; what a run
 * complained of besides its servers stays. Workers are told apart by the number of their run.
 *
 * @param runs At least one, in the order in which they were named.
 */
export function mergeRuns(runs: readonly [RunState, ...RunState[]]): MergedRuns {
  const newest = runs.reduce((one, other) => (other.startedAt > one.startedAt ? other : one))
  const from = new Map<ServerId, number>()
  const twice = new Set<ServerId>()
  for (const [number, { servers }] of runs.entries()) {
    for (const id of servers.keys()) {
      const earlier = from.get(id)
      if (earlier !== undefined) twice.add(id)
      if (earlier === undefined || runs[number]!.startedAt > runs[earlier]!.startedAt) from.set(id, number)
    }
  }
  const plan = mergedPlan(runs, newest, from)
  const servers = new Map([...from].map(([id, number], index) => [id, renumbered(runs[number]!.servers.get(id)!, index, runs.length > 1 ? number + 1 : undefined)]))
  const totals = nothing()
  for (const server of servers.values()) addTally(totals, tallyOf(server, plan), 1)
  const laid: RunState = {
    run: nameOf(runs), plan, build: newest.build, budget: runs.reduce((sum, { budget }) => sum + budget, 0), servers, totals, unreported: nothingReported(plan),
    startedAt: runs.reduce((first, { startedAt }) => (startedAt < first ? startedAt : first), newest.startedAt),
  }
  return { state: { ...laid, ...endOf(laid, runs) }, from, twice: [...twice], differ: differencesOf([newest, ...runs]) }
}

function differencesOf(runs: readonly RunState[]): Differences {
  const distinct = (of: (plan: Plan) => string): string[] => [...new Set(runs.map(({ plan }) => of(plan)))]
  return { rules: distinct(({ thresholds }) => JSON.stringify(thresholds)).length > 1, os: distinct(({ os }) => os), provisioners: distinct(({ provisioner }) => provisioner.type) }
}

function mergedPlan(runs: readonly RunState[], newest: RunState, from: ReadonlyMap<ServerId, number>): Plan {
  const suites = new Set(runs.map(({ plan: { suite } }) => suite))
  const stems = new Set(runs.map(({ plan: { suite } }) => suite.replace(/-\d+$/, '')))
  const [suite = newest.plan.suite] = suites.size > 1 && stems.size === 1 ? stems : [newest.plan.suite]
  // What runs went by when they began is theirs alone, and nobody begins this one.
  const { past: _past, expectedMs: _expected, ...plan } = newest.plan
  return { ...plan, servers: [...from].map(([id, number]) => runs[number]!.servers.get(id)!.server), concurrency: runs.reduce((sum, run) => sum + run.plan.concurrency, 0), suite }
}

function renumbered(server: ServerState, index: number, run: number | undefined): ServerState {
  return { ...server, index, ...(run !== undefined && server.worker !== undefined && { worker: `run-${run} ${server.worker}` }) }
}

const mostNamed = 4
/** In the ID of no run. */
const between = '+'

function nameOf(runs: readonly RunState[]): string {
  const names = [...new Set(runs.map(({ run }) => run))]
  return [...names.slice(0, mostNamed), ...(names.length > mostNamed ? [names.length - mostNamed] : [])].join(between)
}

/** Whether a run of this ID is several that were laid together: what it tells, they have told. */
export function isMerged(run: string): boolean {
  return run.includes(between)
}

/** A merged run has ended when all have: until then it has no end. */
function endOf(laid: RunState, runs: readonly RunState[]): Pick<RunState, 'finished' | 'finishedAt'> {
  const ends = runs.flatMap(({ finishedAt }) => (finishedAt === undefined ? [] : [finishedAt]))
  if (ends.length < runs.length || runs.some(({ finished }) => !finished)) return {}
  const besides = runs.flatMap((run) => {
    const ofServers = new Set(problemsOf(run))
    return run.finished!.problems.filter((problem) => !ofServers.has(problem)).map((problem) => (runs.length > 1 ? `run ${run.run}: ${problem}` : problem))
  })
  const problems = [...problemsOf(laid), ...besides]
  const exitCode = problems.length > 0 ? exitCodes.incomplete : laid.totals.failed > 0 ? exitCodes.failed : exitCodes.passed
  const status = laid.totals.unfinished > 0 || laid.totals.givenUp > 0 ? 'stopped' : 'finished'
  return { finished: { status, exitCode, problems }, finishedAt: ends.reduce((last, at) => (at > last ? at : last)) }
}
