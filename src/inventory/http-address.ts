/** An address with an ID in it. */
export interface ItemAddress {
  readonly origin: string
  /** From its `/` on, with a query; `id` is encoded. @throws URIError if it cannot be. */
  readonly path: (id: string) => string
}

/** Letters that no address has, in place of `{id}`: braces are encoded in a path. */
const mark = 'rackbench0id0goes0here'

/** An address, or what follows the address of the service. */
export function joined(base: string | undefined, address: string): string {
  return base === undefined || /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `${base.replace(/\/+$/, '')}/${address.replace(/^\/+/, '')}`
}

/** Why an address cannot be called; nothing if it can. */
export function addressProblem(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return 'expected an address such as https://fleet.example.com/servers'
  const { username, password, hash } = new URL(address)
  if (username !== '' || password !== '') return 'has a password in it: use token, auth or a header'
  return hash === '' ? undefined : 'expected an address without a fragment'
}

/** @returns what is wrong with an address for items, in words, if it is none. */
export function itemAddressOf(address: string): ItemAddress | string {
  if (!address.includes('{id}')) return 'expected {id} where the ID belongs, such as https://fleet.example.com/servers/{id}'
  const url = new URL(address.replaceAll('{id}', mark))
  if (url.host.includes(mark)) return '{id} must not stand in the name of the host'
  const parts = `${url.pathname}${url.search}`.split(mark)
  return { origin: url.origin, path: (id) => parts.join(encodeURIComponent(id)) }
}
