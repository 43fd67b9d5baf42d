import { isIPv6 } from 'node:net'
import { DefectError } from '../model/fault.ts'
import { labelsOf } from '../model/labels.ts'
import type { Installed, Server } from '../model/server.ts'

/** Names and addresses; nothing of them may be an option, or mean more than a word to the shell of a ProxyCommand. */
const hostPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/
const zonePattern = /^[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]{1,32})?$/

/**
 * Where a server is logged in to: what the settings say, what its install told, or what was known before.
 *
 * @throws DefectError if there is no address, or it is none.
 */
export function addressOf(server: Server, installed: Installed | undefined, template: string | undefined): string {
  const address = template === undefined ? (installed?.address ?? server.address) : fillIn(template, server, installed)
  if (address === undefined) throw new DefectError(`server ${server.id} has no address: neither its install nor the inventory told one, and "address" of benchmark ssh is not set`)
  if (!isHost(address)) throw new DefectError(`server ${server.id}: ${JSON.stringify(address.slice(0, 200))} is no address of a host`)
  return address
}

function fillIn(template: string, server: Server, installed: Installed | undefined): string {
  const labels = labelsOf(server, installed)
  return template.replaceAll(/\{(?:(id)|label\.([^{}]{1,128}))\}/g, (_, id: string | undefined, name = '') => {
    const value = id === undefined ? (Object.hasOwn(labels, name) ? labels[name] : undefined) : server.id
    if (value === undefined) throw new DefectError(`server ${server.id} has no label ${JSON.stringify(name)}, of which "address" of benchmark ssh is made`)
    return value
  })
}

function isHost(address: string): boolean {
  return hostPattern.test(address) || (address.length <= 80 && zonePattern.test(address) && isIPv6(address))
}
