import { z } from 'zod'
import type { Check, EndpointState } from '../model/endpoint.ts'
import { failureReasons } from '../model/endpoint.ts'
import { inOneLine } from '../model/escape.ts'
import { describeIssues } from '../model/problem.ts'
import type { PortsState } from './watch.ts'

/** By what a file is known to be ours, whatever has become of the rest. */
const kind = 'rackbench-ports'
const version = 1

const looked = { at: z.iso.datetime(), ms: z.number().min(0) }
const checkSchema: z.ZodType<Check> = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), ...looked, daysToExpiry: z.int().exactOptional() }),
  z.object({ ok: z.literal(false), ...looked, reason: z.enum(failureReasons), detail: z.string().max(1000).transform(inOneLine) }),
])
const headSchema = z.object({ kind: z.literal(kind), version: z.unknown().optional() })
const stateSchema = z.object({
  version: z.literal(version),
  uncounted: z.int().min(0),
  endpoints: z.array(z.object({ host: z.string(), port: z.int(), checks: z.array(checkSchema) })),
})

/** What a text is: a state, one that has been damaged, one of a newer version, or nothing of ours. */
export type StateReading =
  | { readonly is: 'state'; readonly state: PortsState }
  | { readonly is: 'damaged' | 'newer' | 'foreign'; readonly problem: string }

/** A state as a text, in pieces. One line for each endpoint. */
export function* writeState({ uncounted, endpoints }: PortsState): Iterable<string> {
  yield `{"kind":"${kind}","version":${version},"uncounted":${uncounted},"endpoints":[`
  for (const [index, { endpoint, checks }] of endpoints.entries()) {
    yield `${index > 0 ? ',' : ''}\n${JSON.stringify({ ...endpoint, checks })}`
  }
  yield '\n]}\n'
}

export function readState(text: string): StateReading {
  const content = parse(text)
  if (content === undefined) {
    return text.startsWith(`{"kind":"${kind}"`) ? { is: 'damaged', problem: 'it is no JSON' } : { is: 'foreign', problem: 'it is no JSON' }
  }
  const head = headSchema.safeParse(content)
  if (!head.success) return { is: 'foreign', problem: firstOf(head.error, content) }
  const found = head.data.version
  if (typeof found === 'number' && found > version) return { is: 'newer', problem: `it has version ${found}, and this rackbench reads ${version}` }
  const read = stateSchema.safeParse(content)
  if (!read.success) return { is: 'damaged', problem: firstOf(read.error, content) }
  return { is: 'state', state: { uncounted: read.data.uncounted, endpoints: read.data.endpoints.map(stateOf) } }
}

function stateOf({ host, port, checks }: z.infer<typeof stateSchema>['endpoints'][number]): EndpointState {
  return { endpoint: { host, port }, checks }
}

function firstOf(error: z.ZodError, content: unknown): string {
  return inOneLine(describeIssues(error, content)[0] ?? '')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
