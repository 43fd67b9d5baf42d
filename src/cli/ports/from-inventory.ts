import { configure } from '../../config/configure.ts'
import type { HostPort } from '../../config/host-port.ts'
import { readHostPort } from '../../config/host-port.ts'
import type { FromInventory } from '../../config/ports.ts'
import { counted, someOf } from '../../config/wording.ts'
import { systemClock } from '../../model/clock.ts'
import { exitCodes, signalCodes } from '../../model/exit-code.ts'
import { UsageError } from '../../model/problem.ts'
import type { Server } from '../../model/server.ts'
import type { Arguments } from '../command-line.ts'
import { invocationOf } from '../invocation.ts'
import type { FoundInventory } from '../read-inventory.ts'
import { readConfiguredInventory } from '../read-inventory.ts'
import { stoppable } from '../stoppable.ts'
import type { Say } from './what-to-watch.ts'

/** The addresses of an inventory. */
interface Addresses {
  readonly is: 'addresses'
  /** In the inventory's order. */
  readonly hosts: readonly HostPort[]
  readonly serversAt: ReadonlyMap<string, readonly Server[]>
  /** Whether some servers could not be read, or their addresses are none. */
  readonly isPartial: boolean
  /** Whether that is no trouble, as somebody has said. */
  readonly isPartialAllowed: boolean
}

/**
 * Reads the configured inventory and tells of servers that cannot be watched.
 *
 * @throws UsageError with every problem of the configuration.
 */
export async function addressesOf({ flags, problems }: Arguments, { where, allowPartial, ...patience }: FromInventory, say: Say): Promise<Addresses | { readonly is: 'nothing'; readonly exitCode: number }> {
  const { inventory, plan, notes } = await configure({ ...invocationOf({ flags: { config: flags['config'] }, words: [], problems }), mayLackServers: true, mayLackHistory: true })
  if (!inventory) throw new UsageError(['--from-inventory: the configuration has no inventory: write inventory: into rackbench.config.yaml, such as inventory: ./fleet.csv'])
  // Which provisioner there is matters only to whoever asks it.
  for (const note of inventory.type === 'provisioner' ? notes : []) say(note)
  const asked = { inventory, provisioner: plan.provisioner, conditions: where, ...patience }
  const reading = await stoppable((signal) => readConfiguredInventory(asked, { env: process.env, clock: systemClock, signal, say }), { process, clock: systemClock })
  if (reading.is === 'stopped') return { is: 'nothing', exitCode: signalCodes[reading.by] }
  const found = reading.value
  if (found.is === 'read') {
    const addresses = addressesIn(found, say)
    return addresses.is === 'addresses' ? { ...addresses, isPartialAllowed: allowPartial } : addresses
  }
  say(found.problem)
  return { is: 'nothing', exitCode: exitCodes.incomplete }
}

function addressesIn({ servers, unreadable, notes, none }: FoundInventory, say: Say): Omit<Addresses, 'isPartialAllowed'> | { readonly is: 'nothing'; readonly exitCode: number } {
  for (const note of notes) say(note)
  if (unreadable.length > 0) say(`${counted(unreadable.length, 'server')} not watched, which could not be read: ${someOf(unreadable.map(({ id, problem }) => `${id} (${problem})`), 5)}`)
  const serversAt = new Map<string, Server[]>()
  const without: string[] = []
  const unusable: string[] = []
  for (const server of servers) {
    const read = server.address === undefined || server.address === '' ? undefined : readHostPort(server.address)
    if (read === undefined) without.push(server.id)
    else if (typeof read === 'string') unusable.push(`${server.id} (${read})`)
    else serversAt.set(read.host, [...(serversAt.get(read.host) ?? []), server])
  }
  if (without.length > 0) say(`${counted(without.length, 'server')} not watched, without an address: ${someOf(without)}`)
  if (unusable.length > 0) say(`${counted(unusable.length, 'server')} not watched, whose address is of no use: ${someOf(unusable, 5)}`)
  if (serversAt.size === 0) {
    say(none ?? 'no server of the inventory has an address')
    return { is: 'nothing', exitCode: exitCodes.incomplete }
  }
  return { is: 'addresses', hosts: [...serversAt.keys()].map((host) => ({ host })), serversAt, isPartial: unreadable.length + unusable.length > 0 }
}
