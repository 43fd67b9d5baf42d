import { lookup } from 'node:dns'
import type { Clock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import type { Shortfall } from './connect-fault.ts'
import { readFault } from './connect-fault.ts'

/** The addresses of a name, at least one, or why there are none. */
export type Addresses = readonly string[] | Shortfall

/** Finds the addresses of a name. */
export type Resolver = (host: string, found: (addresses: Addresses) => void) => void

/** What came of looking a name up, and how long that took. */
export interface Looked {
  readonly addresses: Addresses
  readonly ms: number
}

/** More addresses of a name than these are not tried. */
const mostAddresses = 8

/** As this machine finds names: by its files, its search domains, and the name service. */
const systemResolver: Resolver = (host, found) => {
  lookup(host, { all: true }, (error, addresses) => {
    if (!error) return found(addresses.slice(0, mostAddresses).map(({ address }) => address))
    const fault = readFault(error)
    found({ reason: 'dns', detail: 'short' in fault ? fault.short : fault.detail })
  })
}

/** So many names are looked up at once by Node.js, whoever asks; one that hangs holds its place until the system gives it up. */
const atOnce = 2
/** The system gives a name up after some seconds. If no name is answered for so long, it is the name service that is away. */
const patienceMs = 15_000

const queue = new Set<() => void>()
let busy = 0

function takeTurns(): void {
  for (const look of queue) {
    if (busy === atOnce) return
    queue.delete(look)
    busy++
    look()
  }
}

export interface LookupOptions {
  readonly limitMs: number
  readonly clock: Clock
  readonly resolver?: Resolver
}

export interface Lookups {
  /** Each name is looked up once, in its turn; the limit begins with that. Never rejects. */
  readonly find: (host: string) => Promise<Looked>
  /** Gives up those that wait. */
  readonly end: () => void
}

/** Looks names up. Those that wait for their turn fail together if the name service is away, and not each by its own limit. */
export function createLookups({ limitMs, clock, resolver = systemResolver }: LookupOptions): Lookups {
  const names = new Map<string, Promise<Looked>>()
  const waiting = new Map<() => void, (looked: Looked) => void>()
  const timers = new Set<() => void>()
  let answers = 0

  function after(ms: number, call: () => void): () => void {
    const cancel = clock.after(ms, call)
    timers.add(cancel)
    return () => {
      cancel()
      timers.delete(cancel)
    }
  }
  function giveUp(): void {
    for (const [look, found] of waiting) {
      queue.delete(look)
      found(silent(patienceMs))
    }
    waiting.clear()
  }
  function begin(host: string, found: (looked: Looked) => void): void {
    const began = clock.elapsed()
    const before = answers
    const cancelLimit = after(limitMs, () => found(silent(limitMs)))
    const cancelPatience = after(patienceMs, () => answers === before && giveUp())
    resolver(host, (addresses) => {
      cancelLimit()
      cancelPatience()
      answers++
      found({ addresses, ms: clock.elapsed() - began })
      busy--
      takeTurns()
    })
  }
  function find(host: string): Promise<Looked> {
    return new Promise((found) => {
      const look = (): void => {
        waiting.delete(look)
        begin(host, found)
      }
      waiting.set(look, found)
      queue.add(look)
      takeTurns()
    })
  }
  return {
    find(host) {
      const known = names.get(host) ?? find(host)
      names.set(host, known)
      return known
    },
    end() {
      giveUp()
      for (const cancel of timers) cancel()
    },
  }
}

function silent(ms: number): Looked {
  return { addresses: { reason: 'dns', detail: `the name service did not answer within ${formatDuration(ms)}` }, ms }
}
