import { endpointsOf } from '../../config/endpoints.ts'
import type { PortsSettings } from '../../config/ports.ts'
import type { Endpoint } from '../../model/endpoint.ts'
import { UsageError } from '../../model/problem.ts'
import type { Server } from '../../model/server.ts'
import type { Arguments } from '../command-line.ts'

/** What is watched, and what is known about it. */
export interface Watched {
  readonly is: 'endpoints'
  /** Each once; at least one. */
  readonly endpoints: readonly Endpoint[]
  /** The servers of the inventory that have a host as their address. */
  readonly serversAt: (host: string) => readonly Server[]
  /** Why some servers of the inventory are not watched that should be, in words; that is trouble, unless somebody has said otherwise. */
  readonly missing?: { readonly why: string; readonly isTrouble: boolean }
}

export type Say = (line: string) => void

const none: readonly Server[] = []

/**
 * The endpoints of the command line and, if it is asked for, of the configured inventory.
 *
 * @throws UsageError if that makes no endpoints, or too many.
 */
export async function whatToWatch(args: Arguments, { hosts, ports, fromInventory }: PortsSettings, say: Say): Promise<Watched | { readonly is: 'nothing'; readonly exitCode: number }> {
  const found = fromInventory && (await (await import('./from-inventory.ts')).addressesOf(args, fromInventory, say))
  if (found && found.is === 'nothing' && hosts.length === 0) return found
  const problems: string[] = []
  const addresses = found?.is === 'addresses' ? found : undefined
  const endpoints = endpointsOf([...hosts, ...(addresses?.hosts ?? [])], ports, (problem) => problems.push(problem))
  if (problems.length > 0) throw new UsageError(problems)
  const missing = found && missingOf(addresses)
  return { is: 'endpoints', endpoints, serversAt: (host) => addresses?.serversAt.get(host) ?? none, ...(missing && { missing }) }
}

function missingOf(addresses: { readonly isPartial: boolean; readonly isPartialAllowed: boolean } | undefined): Watched['missing'] {
  if (!addresses) return { why: 'the inventory could not be read, or has no addresses', isTrouble: true }
  return addresses.isPartial ? { why: 'a part of the inventory could not be read', isTrouble: !addresses.isPartialAllowed } : undefined
}
