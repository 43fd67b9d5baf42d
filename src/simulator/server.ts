import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../model/clock.ts'
import type { Answer } from './answers.ts'
import { answerTo, refusal } from './answers.ts'
import type { FaultName, FaultRule, FaultRules } from './fault-rules.ts'
import { strikeBy } from './faults.ts'
import type { LastingRack } from './lasting-rack.ts'
import { deliver } from './mischief.ts'
import type { Route } from './routes.ts'
import { routeOf } from './routes.ts'
import type { StateFile } from './state-file.ts'

/** One request, and what it was answered. Of one that a fault strikes, what it would have been answered. */
export interface Exchange {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** Nothing if it was not looked at. */
  readonly answer?: Answer
  readonly fault?: FaultName
}

export interface SimulatorOptions {
  readonly rack: LastingRack
  readonly faults: FaultRules
  readonly state: StateFile
  /** Whoever has it may ask; without one, everybody. */
  readonly token?: string | undefined
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly clock: Clock
  readonly onExchange?: (exchange: Exchange) => void
}

export interface Simulator {
  /** Where it listens. */
  readonly url: string
  /** Ends all connections, and resolves when the state is saved. */
  readonly close: () => Promise<void>
}

const longestBody = 1024 * 1024

/** Serves a rack over the provisioner protocol, version 1. @throws Error of the network if it cannot listen. */
export async function serveRack({ rack, faults, state, token, host, port, clock, onExchange = () => {} }: SimulatorOptions): Promise<Simulator> {
  const strike = strikeBy(faults)
  const isAllowed = token === undefined ? () => true : tokenCheck(token)
  const timers = new Set<() => void>()
  const later = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, () => {
        timers.delete(cancel)
        resolve()
      })
      timers.add(cancel)
    })

  async function answer(route: Route, { headers }: IncomingMessage, text: string): Promise<Answer> {
    if (!isAllowed(headers.authorization)) return refusal(401, 'the token is missing or wrong')
    if (text.length > longestBody) return refusal(413, 'the body is longer than 1 MiB')
    const key = headers['idempotency-key']
    const given = answerTo({ route, key: typeof key === 'string' ? key : undefined, text }, rack, clock.now)
    // Whoever hears of an operation must find it again after a crash.
    await state.saved()
    return given
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    const text = await bodyOf(request)
    const route = routeOf(method, path)
    const rule = strikeOf(route, headers['idempotency-key'])
    const told = { method, path, headers, text, ...(rule && { fault: rule.fault }) }
    if (rule?.fault === 'late') await later(rule.byMs)
    const isLookedAt = !rule || !['hang', 'html', 'error', 'unavailable'].includes(rule.fault)
    const given = isLookedAt ? await answer(route, request, text) : undefined
    onExchange({ ...told, ...(given && { answer: given }) })
    deliver(response, given, rule)
    if (rule?.fault !== 'duplicate') return
    await later(rule.byMs)
    const again = await answer(route, request, text)
    onExchange({ ...told, answer: again })
  }

  function strikeOf(route: Route, key: string | string[] | undefined): FaultRule | undefined {
    if (route.to === 'nowhere') return undefined
    const operation = route.to === 'operation' ? rack.operation(route.id) : undefined
    // The run is left out of keys: its name is another one each time.
    const asked = operation?.key ?? (typeof key === 'string' ? key : '')
    const who = 'server' in route ? route.server : (operation?.server ?? '')
    const name = route.to === 'list' ? `list ${route.cursor ?? ''}` : `${route.to} ${route.kind} ${who} ${asked.split('/').slice(2).join('/') || asked}`
    return strike(route.kind, name)
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed) deliver(response, refusal(500, `a defect of the simulator: ${String(error)}`), undefined)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  return {
    url: urlOf(server.address() as AddressInfo),
    async close() {
      for (const cancel of timers) cancel()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      // What has ended since by time alone.
      state.changed()
      await state.saved()
    },
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Reads what is sent, and no more than tells that it is too much. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (size <= longestBody) chunks.push(chunk)
    size += chunk.length
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Compares in a time that does not tell how much of a token is right. */
function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${token}`)
  return (authorization = '') => timingSafeEqual(digest(authorization), expected)
}
