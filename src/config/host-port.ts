import { isIPv4, isIPv6 } from 'node:net'
import { quote } from './wording.ts'

/** A host as somebody named it; with a port if that was named too. */
export interface HostPort {
  /** Spelt in one way only: names in lower case and without a final dot, IPv6 without brackets and as short as it gets. */
  readonly host: string
  readonly port?: number
}

const longestName = 253
const rule = 'expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)'

/** Reads `node-01`, `node-01:22`, `10.0.0.1:22`, `::1` and `[::1]:22`. @returns what is wrong with it, in one line, if it is none. */
export function readHostPort(word: string): HostPort | string {
  const [, bracketed, bare, written] = /^(?:\[([^[\]]*)\]|([^[\]:]*))(?::([^:]*))?$/s.exec(word) ?? []
  if (isIPv6(word)) return { host: shortest(word) }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return `${quote(word)} is a URL: name the host and the port, such as node-01:443`
  if (/^[\d.]+\/\d+$/.test(word)) return `${quote(word)} is a network: write its hosts as a range, such as 10.0.0.[1-254]`
  const host = bracketed === undefined ? nameOf(bare ?? '') : isIPv6(bracketed) ? shortest(bracketed) : undefined
  if (host === undefined) return `${quote(word)} is no host: ${whyNoHost(bare)}`
  if (written === undefined) return { host }
  const port = portIn(written)
  return port === undefined ? `${quote(word)}: expected a port from 1 to 65535 behind the colon, got ${quote(written)}` : { host, port }
}

/** A port in decimal digits; nothing if it is none. */
export function portIn(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

function nameOf(text: string): string | undefined {
  if (text.length > longestName || !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text)) return undefined
  // The system would read 104 as 0.0.0.104, and 010.0.0.1 as 8.0.0.1.
  return isIPv4(text) || !/^(?:\d+|0x[\da-f]+)(?:\.(?:\d+|0x[\da-f]+))*\.?$/i.test(text) ? text.toLowerCase().replace(/\.$/, '') : undefined
}

function whyNoHost(bare: string | undefined): string {
  return bare !== undefined && /^[\d.]+$/.test(bare) ? 'a name or an address is needed; --from-inventory knows the addresses of servers' : rule
}

/** A zone (`fe80::1%eth0`) stays as it is: interfaces are case-sensitive. */
function shortest(address: string): string {
  const [plain = '', zone] = address.split('%')
  const { hostname } = new URL(`http://[${plain}]`)
  return `${hostname.slice(1, -1)}${zone === undefined ? '' : `%${zone}`}`
}
