import { counted, someOf } from '../../config/wording.ts'
import { systemClock } from '../../model/clock.ts'
import type { MetricKinds } from '../../model/metric-kind.ts'
import type { Metrics } from '../../model/metrics.ts'
import type { Plan } from '../../model/plan.ts'
import { UsageError } from '../../model/problem.ts'
import type { ServerId } from '../../model/server.ts'
import type { Suspect } from '../../model/suspects.ts'
import { createCleaner } from '../../run/clean.ts'
import { closeProvisioner } from '../closing.ts'
import { listServers } from '../listing.ts'
import { openWithSecrets } from '../open.ts'
import { readPastRuns } from '../past-runs.ts'
import { startPatience } from '../patience.ts'
import { whoseFault } from '../whose-fault.ts'

/** A server, as far as a past run, the provisioner or the command line knows it. */
export interface KnownServer {
  readonly id: ServerId
  readonly labels: Readonly<Record<string, string>>
  readonly metrics?: Metrics
  readonly kinds?: MetricKinds
  readonly suspects?: readonly Suspect[]
}

/** What is known of servers, and what of it is not, one line each. */
export interface Known {
  readonly servers: readonly KnownServer[]
  readonly notes: readonly string[]
  /** The run that they were in: what it went by is older than it. */
  readonly run?: { readonly os: string; readonly before: string }
}

/**
 * Servers as a past run had them; without IDs all of them.
 *
 * @throws UsageError if it cannot be read, or has none of those that are asked for.
 */
export async function knownInRun(path: string, ids: readonly ServerId[]): Promise<Known> {
  for await (const { results: { run, servers, suspects = [] } } of readPastRuns([path], '--on')) {
    const found = new Map(servers.map((server) => [server.id, server]))
    const strangers = ids.filter((id) => !found.has(id))
    if (strangers.length > 0) throw new UsageError([`--on: ${path}: has no ${strangers.length === 1 ? 'server' : 'servers'} ${someOf(strangers)}`])
    const known = (ids.length === 0 ? [...found.keys()] : ids).map((id): KnownServer => {
      const { labels = {}, metrics } = found.get(id)!
      const isMeasured = Object.keys(metrics).length > 0
      return { id, labels, ...(isMeasured && { metrics }), kinds: run.metrics ?? {}, suspects: suspects.filter(({ server }) => server === id) }
    })
    const isUnlabelled = servers.every(({ labels }) => labels === undefined)
    return { servers: known, run: { os: run.os, before: run.startedAt }, notes: isUnlabelled ? [`${path} was written by an earlier rackbench, and has no labels: give them with --label`] : [] }
  }
  return { servers: [], notes: [] }
}

/** Labels that rules ask for, and that not one of the servers has: perhaps because only an install finds them out. */
function labelsNobodyHas({ thresholds }: Pick<Plan, 'thresholds'>, servers: readonly KnownServer['labels'][]): readonly string[] {
  const asked = new Set(thresholds.flatMap(({ where = {} }) => Object.keys(where)))
  return servers.length === 0 ? [] : [...asked].filter((label) => !servers.some((labels) => Object.hasOwn(labels, label)))
}

/** Servers as the provisioner lists them. What it does not list has no labels; what keeps it from listing is noted. */
export async function knownToProvisioner(plan: Pick<Plan, 'provisioner' | 'thresholds'>, ids: readonly ServerId[], limitMs: number): Promise<Known> {
  const { provisioner, name, secrets, takeFaults } = await openWithSecrets(plan, process.env, systemClock, limitMs)
  const clean = createCleaner(secrets)
  const notes: string[] = []
  const wanted = new Set(ids)
  const labels = new Map<string, KnownServer['labels']>()
  try {
    if (provisioner.list) {
      const patience = startPatience({ limitMs, clock: systemClock })
      for await (const server of listServers(provisioner, { patience, clean, log: () => {} })) {
        if (wanted.delete(server.id)) labels.set(server.id, server.labels)
        if (wanted.size === 0) break
      }
    } else notes.push(`the provisioner ${name} cannot list its servers, and so their labels are not known: give them with --label`)
  } catch (error) {
    const { text, todo } = whoseFault(error)
    notes.push(`the servers of ${name} could not all be listed: ${text}: ${todo}`)
  }
  if (provisioner.list && wanted.size > 0) notes.push(`${counted(wanted.size, 'server')} not listed by ${name}, and taken to have no labels: ${someOf([...wanted])}`)
  const untold = labelsNobodyHas(plan, [...labels.values()])
  if (untold.length > 0) notes.push(`no server listed by ${name} has the label ${someOf(untold)}, which rules ask for; if its install finds it out, give it with --label, or take a past run with --on`)
  await closeProvisioner(provisioner, systemClock, (problem) => notes.push(problem))
  notes.push(...takeFaults())
  return { servers: ids.map((id) => ({ id, labels: labels.get(id) ?? {} })), notes: notes.map((note) => clean.line(note)) }
}
