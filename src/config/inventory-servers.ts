import type { Unreadable } from '../model/inventory.ts'
import type { Plan } from '../model/plan.ts'
import { IncompleteError, UsageError } from '../model/problem.ts'
import type { Server, ServerId } from '../model/server.ts'
import type { EarlierResults } from './earlier-results.ts'
import { newSeed, takeSample } from './sample.ts'
import type { Given, Layer } from './settings.ts'
import { written } from './settings.ts'
import { shardOf } from './shard.ts'
import type { Tell } from './wording.ts'
import { counted, someOf } from './wording.ts'

/** What an inventory was found to hold. */
export interface FoundServers {
  /** In the inventory's order, each ID once. */
  readonly servers: readonly Server[]
  readonly unreadable: readonly Unreadable[]
  readonly notes: readonly string[]
  /** Those of the given that meet every `--where`, in their order. */
  readonly select: (servers: readonly Server[]) => readonly Server[]
  /** Why `select` leaves none of the given, in one line. */
  readonly whyNone: (servers: readonly Server[]) => string
}

/** What `run --inventory` was told, but for the conditions. */
export interface Choice {
  /** The servers of the command line; without any, all are meant. */
  readonly named: readonly ServerId[]
  /** What became of servers in an earlier run; those that passed are left out. */
  readonly earlier?: EarlierResults
  readonly layer: Pick<Layer, 'failed-in' | 'sample' | 'sample-seed' | 'limit' | 'shard' | 'allow-partial'>
  /** Names the Jenkins build, on each of its agents alike. */
  readonly buildTag?: string
}

export interface Chosen {
  readonly servers: readonly Server[]
  /** Of those that could not be read the ones that were wanted; none if that is well. */
  readonly unreadable?: NonNullable<Plan['unreadable']>
  readonly notes: readonly string[]
}

/**
 * Chooses servers of an inventory: those named, of these those that meet the conditions, that did not pass earlier, a sample, the first
 * few; and last one shard, so that all shards together are what would be chosen without.
 *
 * @throws UsageError for servers that were named and are not there, or if an earlier run or a shard leaves none; IncompleteError if there is none.
 */
export function chooseServers(found: FoundServers, choice: Choice, seedByChance = newSeed): Chosen {
  const notes = [...found.notes]
  const unreadable = wantedOf(found.unreadable, choice)
  const named = namedOf(found, choice)
  const meeting = found.select(named)
  if (meeting.length === 0) throw new IncompleteError([nothingToRun(found, named, unreadable)])
  const unpassed = withoutPassed(meeting, choice, (note) => notes.push(note))
  const sampled = sampleOf(unpassed, choice, seedByChance, (note) => notes.push(note))
  const first = firstOf(sampled, choice, (note) => notes.push(note))
  const servers = shareAlike(ofShard(first, choice))
  if (unreadable.length === 0) return { servers, notes }
  const told = { count: unreadable.length, first: unreadable.slice(0, mostTold).map(({ id, problem }) => `${id}: ${problem}`.slice(0, longestTold)) }
  notes.push(`${counted(told.count, 'server')} of the inventory could not be read, and will not be benchmarked: ${someOf(unreadable.map(({ id }) => id))}`)
  return choice.layer['allow-partial']?.value === true ? { servers, notes } : { servers, notes, unreadable: told }
}

const mostTold = 10
const longestTold = 300

/** Whether a sample can be the same for all shards. */
export function refuseUnlikeSamples({ sample, shard, 'sample-seed': seed }: Layer, buildTag: string | undefined, tell: Tell): void {
  if (sample && shard && !seed && buildTag === undefined) tell(`${sample.label} with ${shard.label}: each part must be of the same sample: give --sample-seed, the same text to each (or set BUILD_TAG, as Jenkins does)`)
}

function namedOf({ servers, unreadable }: FoundServers, { named }: Choice): readonly Server[] {
  if (named.length === 0) return servers
  const known = new Map(servers.map((server) => [server.id, server]))
  const missing = new Set(unreadable.map(({ id }) => id))
  const strangers = named.filter((id) => !known.has(id) && !missing.has(id))
  if (strangers.length > 0) throw new UsageError([`the inventory has no ${strangers.length === 1 ? 'server' : 'servers'} ${someOf(strangers)}: correct what was named, or leave --inventory out`])
  return named.flatMap((id) => known.get(id) ?? [])
}

/** Whether a condition, a sample or a limit would have left it out cannot be known: it is wanted. */
function wantedOf(unreadable: readonly Unreadable[], { named, earlier, layer: { shard } }: Choice): readonly Unreadable[] {
  const names: ReadonlySet<string> | undefined = named.length > 0 ? new Set(named) : undefined
  return unreadable.filter(({ id }) => {
    const isNamed = names?.has(id) ?? true
    const isDue = earlier === undefined || earlier.get(id as ServerId) === 'not passed'
    return isNamed && isDue && (!shard || shardOf(id as ServerId, shard.value.of) === shard.value.index)
  })
}

function nothingToRun(found: FoundServers, named: readonly Server[], unreadable: readonly Unreadable[]): string {
  if (named.length > 0 || found.servers.length === 0) return `no server to benchmark: ${found.whyNone(named)}`
  return `no server to benchmark: the inventory could not tell of ${someOf(unreadable.map(({ id, problem }) => `${id} (${problem})`), 3)}`
}

function withoutPassed(servers: readonly Server[], { earlier, layer: { 'failed-in': failedIn } }: Choice, note: Tell): readonly Server[] {
  if (!earlier || !failedIn) return servers
  const left = servers.filter(({ id }) => earlier.get(id) === 'not passed')
  const here = new Set(servers.map(({ id }) => id))
  const gone = [...earlier].flatMap(([id, status]) => (status === 'not passed' && !here.has(id) ? [id] : []))
  if (left.length === 0) throw new UsageError([`${failedIn.label}: no server is left: none of those that the inventory gives is one that did not pass in ${failedIn.value}`])
  if (gone.length > 0) note(`${counted(gone.length, 'server')} that did not pass in ${failedIn.value} left out, which the inventory does not give: ${someOf(gone)}`)
  return left
}

function sampleOf(servers: readonly Server[], { buildTag, layer: { sample, shard, 'sample-seed': given } }: Choice, seedByChance: () => string, note: Tell): readonly Server[] {
  if (!sample) return servers
  const seed = given?.value ?? (shard ? buildTag : undefined) ?? seedByChance()
  const taken = takeSample(servers, sample.value, seed)
  note(`${asGiven('sample', sample)}: ${taken.length} of ${counted(servers.length, 'server')} by chance; --sample-seed ${JSON.stringify(seed)} takes the same again`)
  return taken
}

function firstOf(servers: readonly Server[], { layer: { limit } }: Choice, note: Tell): readonly Server[] {
  if (!limit || limit.value >= servers.length) return servers
  note(`${asGiven('limit', limit)}: the first ${limit.value} of ${counted(servers.length, 'server')}`)
  return servers.slice(0, limit.value)
}

function ofShard(servers: readonly Server[], { layer: { shard } }: Choice): readonly Server[] {
  if (!shard) return servers
  const { index, of } = shard.value
  const part = servers.filter(({ id }) => shardOf(id, of) === index)
  if (part.length === 0) throw new UsageError([`${shard.label}: no server is left: ${servers.length === 1 ? 'the only server is' : `all ${servers.length} servers are`} in other shards than ${index}/${of}`])
  return part
}

function asGiven(name: 'sample' | 'limit', given: Given<unknown>): string {
  return `${given.label} ${String(written(name, given))}`
}

/** Of labels that are alike one object is kept for all: a hundred thousand servers have few models and racks. */
function shareAlike(servers: readonly Server[]): readonly Server[] {
  const known = new Map<string, Server['labels']>()
  const texts = new Map<string, string>()
  const sharedText = (text: string): string => texts.get(text) ?? (texts.set(text, text), text)
  return servers.map(({ id, address, labels }) => {
    const key = JSON.stringify(labels)
    const shared = known.get(key) ?? Object.fromEntries(Object.entries(labels).map(([name, value]) => [sharedText(name), sharedText(value)]))
    known.set(key, shared)
    return { id, ...(address !== undefined && { address }), labels: shared }
  })
}
