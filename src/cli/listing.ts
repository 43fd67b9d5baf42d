import { DefectError } from '../model/fault.ts'
import type { LogLevel, Provisioner } from '../model/provisioner.ts'
import type { ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'
import type { Cleaner } from '../run/clean.ts'
import type { Patience } from './patience.ts'

/** A server as a provisioner lists it, its texts fit to be written. */
export interface Listed {
  readonly id: ServerId
  readonly state: string
  readonly address?: string
  readonly labels: Readonly<Record<string, string>>
}

/** What is in a list and no server to be shown. */
export interface LeftOut {
  /** Shown once. */
  readonly twice: ReadonlySet<ServerId>
  /** How many have no ID that could be one. */
  readonly unusable: number
}

export interface Asked {
  readonly patience: Patience
  readonly clean: Cleaner
  readonly log: (message: string, level?: LogLevel) => void
}

const longestText = 200
const mostLabels = 50

/**
 * Each server of a provisioner once, as soon as it is told.
 *
 * @returns What was left out.
 * @throws what the provisioner throws; ProvisionerUnavailableError or DefectError if it takes too long from one server to the next.
 */
export async function* listServers(provisioner: Pick<Provisioner, 'name' | 'list'>, { patience, clean, log }: Asked): AsyncGenerator<Listed, LeftOut> {
  const seen = new Set<ServerId>()
  const twice = new Set<ServerId>()
  let unusable = 0
  const servers = iteratorOf(provisioner.list?.({ signal: patience.signal, log }))
  try {
    for (;;) {
      const next = await patience.wait(() => servers.next())
      if (next.done === true) return { twice, unusable }
      const server = read(next.value, clean)
      if (!server) unusable++
      else if (seen.has(server.id)) twice.add(server.id)
      else {
        seen.add(server.id)
        yield server
      }
    }
  } finally {
    // Whoever hangs is not waited for.
    void (async () => servers.return?.())().catch(() => {})
  }
}

function iteratorOf(list: unknown): AsyncIterator<unknown> {
  const begin: unknown = Reflect.get(Object(list) as object, Symbol.asyncIterator)
  if (typeof begin !== 'function') throw new DefectError('list() did not answer with an async iterable: write `async *list() { ... yield server }`')
  return begin.call(list) as AsyncIterator<unknown>
}

function read(told: unknown, { line }: Cleaner): Listed | undefined {
  const { id, state, address, labels } = Object(told) as Readonly<Record<string, unknown>>
  if (typeof id !== 'string' || !isServerId(id)) return undefined
  const pairs = Object.entries(Object(labels) as object).slice(0, mostLabels)
  return {
    id,
    state: line(String(state), longestText),
    ...(typeof address === 'string' && address !== '' && { address: line(address, longestText) }),
    labels: Object.fromEntries(pairs.map(([name, value]) => [line(name, longestText), line(String(value), longestText)])),
  }
}
