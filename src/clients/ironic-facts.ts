import type { IronicNode } from './ironic-api.ts'
import { valueAt } from '../model/json-pointer.ts'
import type { Installed } from '../model/server.ts'

/** Where the address of a node usually stands; the first that there is. */
const addresses = ['/extra/address', '/extra/ip_address', '/extra/ip', '/instance_info/address', '/instance_info/ip_address']

/** What is usually known of a node; the first place that says something counts. */
const usualFacts: Readonly<Record<string, readonly string[]>> = {
  model: ['/properties/model', '/extra/model'],
  vendor: ['/properties/vendor', '/extra/vendor'],
  rack: ['/extra/rack'],
  resource_class: ['/resource_class'],
  cpu_arch: ['/properties/cpu_arch'],
  cpus: ['/properties/cpus'],
  memory_mb: ['/properties/memory_mb'],
  local_gb: ['/properties/local_gb'],
}

const longestFact = 256

/** Where a node tells what, each a JSON pointer. */
export interface NodePlaces {
  /** Without one, the usual places are looked at. */
  readonly address: string | undefined
  /** More facts, by their names. */
  readonly facts: Readonly<Record<string, string>>
}

/** What a node says of the machine: where it is reached, and what it is. */
export function describeNode(node: IronicNode, { address: place, facts }: NodePlaces): Installed {
  const address = firstOf(node, place === undefined ? addresses : [place])
  const places = { ...usualFacts, ...Object.fromEntries(Object.entries(facts).map(([name, at]) => [name, [at]])) }
  const found = Object.entries(places).flatMap(([name, at]) => {
    const fact = firstOf(node, at)
    return fact === undefined ? [] : [[name, fact] as const]
  })
  return { ...(address !== undefined && { address }), ...(found.length > 0 && { facts: Object.fromEntries(found) }) }
}

function firstOf(node: IronicNode, pointers: readonly string[]): string | undefined {
  return pointers.map((pointer) => textAt(node, pointer)).find((text) => text !== undefined)
}

/** What stands at a JSON pointer, if it can be told in a short text. */
function textAt(node: IronicNode, pointer: string): string | undefined {
  const value = valueAt(node, pointer)
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, longestFact) : undefined
}
