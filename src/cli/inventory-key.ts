import { createHash } from 'node:crypto'
import { hideSecrets } from '../config/hide.ts'
import type { Settings } from '../config/kind.ts'

/** What servers are read from, its secrets put in. */
interface Source {
  readonly type: string
  /** Which provisioner, if servers come from one: the settings are its own. */
  readonly of?: string
  readonly settings: Settings
}

/** Settings that say how a service is asked, and change nothing of what it tells. */
const manners: Readonly<Record<string, readonly string[]>> = {
  http: ['ca', 'concurrency', 'requestTimeout', 'retries'],
  ironic: ['tls', 'maxInFlight', 'requestTimeout'],
}

/** What is read, in a word that tells nothing of it. Secrets are left out, too: a token that was renewed reads the same. */
export function inventoryKey({ settings, ...source }: Source): string {
  const left = manners[source.of ?? source.type] ?? []
  const telling = Object.fromEntries(Object.entries(settings).filter(([name]) => !left.includes(name)))
  return createHash('sha256').update(JSON.stringify({ ...source, settings: hideSecrets(telling, []) })).digest('hex')
}
