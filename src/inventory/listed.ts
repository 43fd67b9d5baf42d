import { RequestRefusedError } from '../model/fault.ts'
import type { Reading, Unreadable } from '../model/inventory.ts'
import type { Server, ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'

/** More than any fleet has: a list that is longer never ends. */
const mostServers = 100_000
const mostLabels = 50
const longestText = 1000
const longestId = 200
const mostNamed = 10

/**
 * Reads what a provisioner lists, none of it trusted. Each server has its state as the label `state`, unless it has such a label of its own.
 *
 * @param signal Whoever does not heed it is not waited for.
 * @throws what the list throws; RequestRefusedError for more than 100,000 servers; the signal's reason if that aborts.
 */
export async function readListed(list: AsyncIterable<unknown>, signal: AbortSignal): Promise<Reading> {
  const servers = new Map<ServerId, Server>()
  const twice = new Set<ServerId>()
  const unreadable: Unreadable[] = []
  for await (const told of until(list, signal)) {
    const { id, ...others } = Object(told) as Readonly<Record<string, unknown>>
    if (typeof id !== 'string') unreadable.push({ id: '', problem: 'has no ID' })
    else if (!isServerId(id)) unreadable.push({ id: id.slice(0, longestId), problem: 'is no server ID: a letter or digit, then letters, digits, ".", "_", "-", at most 128' })
    else if (servers.has(id)) twice.add(id)
    else servers.set(id, serverOf(id, others))
    if (servers.size + unreadable.length > mostServers) throw new RequestRefusedError(`it lists more than ${mostServers} servers`)
  }
  const first = [...twice].slice(0, mostNamed).join(', ')
  const notes = twice.size > 0 ? [`listed more than once, and taken once: ${first}${twice.size > mostNamed ? ` and ${twice.size - mostNamed} more` : ''}`] : []
  return { servers: [...servers.values()], unreadable, notes }
}

function serverOf(id: ServerId, { address, labels, state }: Readonly<Record<string, unknown>>): Server {
  const pairs = Object.entries(Object(labels) as object).slice(0, mostLabels).map(([name, value]) => [name.slice(0, longestText), textOf(value)] as const)
  return {
    id,
    ...(typeof address === 'string' && address !== '' && { address: address.slice(0, longestText) }),
    labels: { ...(typeof state === 'string' && { state: textOf(state) }), ...Object.fromEntries(pairs) },
  }
}

function textOf(value: unknown): string {
  return String(value).slice(0, longestText)
}

/** What a list yields, until the signal aborts. */
async function* until(list: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator {
  signal.throwIfAborted()
  let abort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
  })
  aborted.catch(() => {})
  const iterator = list[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', abort)
    // Whoever hangs is not waited for.
    void (async () => iterator.return?.())().catch(() => {})
  }
}
