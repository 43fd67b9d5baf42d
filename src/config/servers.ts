import type { ServerId } from '../model/server.ts'
import type { EarlierResults } from './earlier-results.ts'
import { readEarlierResults } from './earlier-results.ts'
import { expandServers } from './selection.ts'
import type { Choice } from './inventory-servers.ts'
import type { Given, Layer } from './settings.ts'
import { shardOf } from './shard.ts'
import type { Tell } from './wording.ts'
import { counted, someOf } from './wording.ts'

/** All that says which servers a run is about. */
interface ServerSources {
  /** Those of the command line, which win over those of the file. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly readStdin: () => Promise<string>
  readonly file: Given<readonly string[]> | undefined
  readonly layer: Layer
  /** Whether it is no problem if nobody names any: they may stand in a file that could not be read. */
  readonly mayBeNone: boolean
  /** Takes what happened to the selection that the user may not expect. */
  readonly note: Tell
}

const noServers = 'no servers: name them (101-115, node-[01-20], @file, - for standard input), or set servers in rackbench.config.yaml'

/** The servers that the command line names of an inventory, and what became of them in an earlier run. */
export async function nameServers({ args, cwd, readStdin, file, layer, note }: ServerSources, tell: Tell): Promise<Pick<Choice, 'named' | 'earlier'>> {
  if (file) note(`${file.label} not looked at: --inventory says which servers there are`)
  const { ids, duplicates } = args.length > 0 ? await expandServers({ args, folder: cwd, readStdin }, tell) : { ids: [], duplicates: 0 }
  if (duplicates > 0) note(`${counted(duplicates, 'duplicate ID')} dropped`)
  const earlier = layer['failed-in'] && (await readEarlierResults(layer['failed-in'], tell))
  return { named: ids, ...(earlier && { earlier }) }
}

/** Selects the servers of a run: what was named, of that what did not pass earlier, and of that one shard. */
export async function selectServers({ args, cwd, readStdin, file, layer, mayBeNone, note }: ServerSources, tell: Tell): Promise<readonly ServerId[]> {
  let told = 0
  const count: Tell = (problem) => {
    told++
    tell(problem)
  }
  const fromFile = file && (await expandServers({ args: file.value, folder: file.folder, label: file.label }, count))
  const named = args.length > 0 ? await expandServers({ args, folder: cwd, readStdin }, count) : fromFile
  if (named && named.duplicates > 0) note(`${counted(named.duplicates, 'duplicate ID')} dropped`)
  const ids = named?.ids ?? []
  const failedIn = layer['failed-in']
  const earlier = failedIn && (await readEarlierResults(failedIn, count))
  if (ids.length === 0 && !failedIn && told === 0 && !mayBeNone) count(noServers)
  if (told > 0) return []
  const wanted = failedIn && earlier ? selectUnpassed(ids, { failedIn, earlier, note }, count) : ids
  return wanted.length === 0 ? [] : selectShard(wanted, layer.shard, tell)
}

interface Earlier {
  readonly failedIn: Given<string>
  readonly earlier: EarlierResults
  readonly note: Tell
}

function selectUnpassed(named: readonly ServerId[], { failedIn, earlier, note }: Earlier, tell: Tell): readonly ServerId[] {
  const strangers = named.filter((id) => !earlier.has(id))
  if (strangers.length > 0) note(`${counted(strangers.length, 'server')} not in ${failedIn.value} dropped: ${someOf(strangers)}`)
  const ids = (named.length > 0 ? named : [...earlier.keys()]).filter((id) => earlier.get(id) === 'not passed')
  if (ids.length === 0) tell(`${failedIn.label}: no server is left: ${whyNone(failedIn.value, named, strangers.length)}`)
  return ids
}

function whyNone(path: string, named: readonly ServerId[], strangers: number): string {
  if (named.length === 0) return `all servers in ${path} passed`
  return strangers === named.length ? `none of those named is in ${path}` : `those named that are in ${path} passed there`
}

function selectShard(ids: readonly ServerId[], shard: Layer['shard'], tell: Tell): readonly ServerId[] {
  if (!shard) return ids
  const { index, of } = shard.value
  const part = ids.filter((id) => shardOf(id, of) === index)
  const others = ids.length === 1 ? 'the only server is' : `all ${ids.length} servers are`
  if (part.length === 0) tell(`${shard.label}: no server is left: ${others} in other shards than ${index}/${of}`)
  return part
}
