import { Socket } from 'node:net'
import { formatDuration } from '../model/duration.ts'
import type { Listening } from './banner.ts'
import { listenFor } from './banner.ts'
import type { Short, Shortfall } from './connect-fault.ts'
import { readFault } from './connect-fault.ts'
import type { CheckOptions } from './endpoint.ts'
import { shakeHands } from './handshake.ts'

/** What came of one address: it answered as it should, it did not, or this machine could not ask. */
export type Found = { readonly ok: true; readonly daysToExpiry?: number } | Shortfall | Short

/** An attempt under way. */
export interface Attempt {
  /** What it comes to if its time is over now. */
  readonly late: () => Found
  /** Closes its socket, if it is not closed yet. */
  readonly end: () => void
}

/** An address of an endpoint. */
export interface Target {
  readonly host: string
  readonly address: string
  readonly port: number
}

/** Connects to one address, and on as far as the options want. `found` is called once at most, with the socket closed; never after `end`. */
export function attempt({ host, address, port }: Target, { clock, limitMs, tls, expect }: CheckOptions, found: (found: Found) => void): Attempt {
  let over = false
  let known: Found | undefined
  let listening: Listening | undefined
  let late = 'no connection'
  const tcp = new Socket()
  let socket = tcp
  const end = (): void => {
    over = true
    socket.destroy()
    tcp.destroy()
  }
  const finish = (what: Found): void => {
    if (over) return
    end()
    found(known ?? what)
  }
  const fail = (error: Error): void => finish(readFault(error))
  const hear = (daysToExpiry?: number): void => {
    const passed: Found = { ok: true, ...(daysToExpiry !== undefined && { daysToExpiry }) }
    late = 'connected, but nothing was said'
    if (expect) listening = listenFor(expect, socket, (shortfall) => finish(shortfall ?? passed))
    // Whoever has shaken hands hears a goodbye; a port that was only connected to needs none.
    else if (socket === tcp) finish(passed)
    else {
      known = passed
      socket.end(() => finish(passed))
    }
  }
  const shake = (): void => {
    if (!tls) return hear()
    late = 'connected, but the TLS handshake did not end'
    socket = shakeHands(host, tcp, tls, clock.now, (shortfall, days) => (shortfall ? finish(shortfall) : hear(days))).on('error', fail)
  }
  tcp.on('error', fail)
  // Nothing is read of what nobody asked for: that is a third of the time.
  tcp.pause()
  tcp.connect({ host: address, port, autoSelectFamily: false }, shake)
  return { end, late: () => known ?? listening?.unexpected() ?? { reason: 'timeout', detail: `${late} within ${formatDuration(limitMs)}` } }
}
