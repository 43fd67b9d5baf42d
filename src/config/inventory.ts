import { resolve } from 'node:path'
import { inventoryTypes } from '../model/choices.ts'
import type { NamedProvisioner, Settings } from './kind.ts'
import { isRecord, path } from './kind.ts'
import { suggestion } from './nearest.ts'
import { placeholdersIn } from './placeholder.ts'
import type { Tell } from './wording.ts'
import { quote, refusal } from './wording.ts'

/** Where servers come from: `${NAME}` still stands in its settings. */
export interface NamedInventory {
  readonly type: (typeof inventoryTypes)[number]
  readonly settings: Settings
  /** The file that the last reading is kept in, absolute. */
  readonly cache?: string
}

interface Place {
  readonly label: string
  readonly folder: string
}

const examples = 'a file of servers (./fleet.csv), or an object with a type, such as { type: http, list: https://... }'

/** The inventory that a file names, with absolute paths. A text is short for a file of servers, or for a type that needs no settings. */
export function readInventory(given: unknown, { label, folder }: Place, tell: Tell): NamedInventory | undefined {
  if (given === undefined) return undefined
  const at = `${label}: inventory`
  if (typeof given === 'string') return readShort(given, { label: at, folder }, tell)
  if (!isRecord(given)) {
    tell(refusal(at, examples, given))
    return undefined
  }
  const { type: named, cache: written, ...settings } = given
  const cache = written === undefined ? undefined : readCache(written, { label: at, folder }, tell)
  const type = inventoryTypes.find((known) => known === named)
  if (type) return { type, settings: type === 'file' ? withPath(settings, folder) : settings, ...(cache !== undefined && { cache }) }
  if (named === undefined) tell(`${at}: has no type: expected ${inventoryTypes.join(' | ')}`)
  else tell(`${refusal(`${at}.type`, inventoryTypes.join(' | '), named)}${typeof named === 'string' ? suggestion(named, inventoryTypes) : ''}`)
  return undefined
}

function readShort(given: string, { label, folder }: Place, tell: Tell): NamedInventory | undefined {
  if (given === 'ironic' || given === 'provisioner') return { type: given, settings: {} }
  if (given === 'http' || given === 'file') tell(`${label}: ${given} needs settings: write ${given === 'http' ? '{ type: http, list: https://... }' : 'the path of the file, such as ./fleet.csv'}`)
  else if (/^https?:/i.test(given)) tell(`${label}: for a service write { type: http, list: https://... }`)
  else if ('expected' in path(given)) tell(refusal(label, examples, given))
  else if (placeholdersIn(given, '').length > 0) tell(`${label}: \${NAME} is only replaced inside settings: write { type: file, path: ${quote(given)} }`)
  else return { type: 'file', settings: withPath({ path: given }, folder) }
  return undefined
}

function readCache(given: unknown, { label, folder }: Place, tell: Tell): string | undefined {
  const found = placeholdersIn(given, `${label}.cache`)
  for (const at of found) tell(`${at.path}: \${${at.name}} is only replaced inside the settings of provisioner, benchmark and inventory, and not in the path of a cache`)
  if (found.length > 0) return undefined
  const reading = path(given)
  if ('value' in reading) return resolve(folder, reading.value)
  tell(refusal(`${label}.cache`, reading.expected, given))
  return undefined
}

/** What `${NAME}` is is not known yet. */
function withPath(settings: Settings, folder: string): Settings {
  const { path: file } = settings
  return typeof file === 'string' && /^(?!\$\{)./s.test(file) ? { ...settings, path: resolve(folder, file) } : settings
}

/** What an inventory `ironic` takes over from a provisioner `ironic`, if it does not say where its own is. */
const shared = new Set(['url', 'auth', 'tls', 'maxInFlight', 'requestTimeout', 'address', 'facts'])

/** Where nothing else is said, the Ironic that servers come from is the one that installs them. */
export function withProvisionersOwn(inventory: NamedInventory, provisioner: NamedProvisioner): NamedInventory {
  if (inventory.type !== 'ironic' || provisioner.type !== 'ironic' || 'url' in inventory.settings) return inventory
  const own = Object.entries(provisioner.settings).filter(([key]) => shared.has(key))
  return { ...inventory, settings: { ...Object.fromEntries(own), ...inventory.settings } }
}
