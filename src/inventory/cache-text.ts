import { z } from 'zod'
import type { Reading } from '../model/inventory.ts'
import type { Server } from '../model/server.ts'
import { serverSchema } from '../model/server.ts'

/** A reading that is kept. All of it could be read. */
export interface Kept {
  /** When it was read, in milliseconds since 1970. */
  readonly at: number
  /** What it was read from: a hash of the settings. */
  readonly key: string
  readonly reading: Pick<Reading, 'servers' | 'notes'>
}

/** What stands in a file: a reading, or one that cannot be used and why. */
export type KeptText = { readonly is: 'kept'; readonly kept: Kept } | { readonly is: 'unusable'; readonly problem: string }

const format = 'inventory cache'
const version = 1

/** How every such file begins, whatever its version: what begins otherwise is somebody else's. */
export const beginning = `{"rackbench":"${format}",`

const anyHeader = z.object({ version: z.unknown() })
const header = z.object({ key: z.string(), readAt: z.iso.datetime(), servers: z.int().min(1), notes: z.array(z.string()) })

/** The lines of a file: one that says what it is, then one for each server. */
export function* writeKept({ at, key, reading: { servers, notes } }: Kept): Generator<string> {
  yield `${JSON.stringify({ rackbench: format, version, key, readAt: new Date(at).toISOString(), servers: servers.length, notes })}\n`
  for (const server of servers) yield `${JSON.stringify(server)}\n`
}

/** Reads what `writeKept` has written. Nothing else is believed. */
export function readKept(text: string): KeptText {
  if (!text.startsWith(beginning)) return { is: 'unusable', problem: 'is no cache of an inventory' }
  const [first = '', ...lines] = text.split('\n')
  const told = parsed(first)
  const any = anyHeader.safeParse(told)
  if (!any.success) return damaged
  if (any.data.version !== version) return { is: 'unusable', problem: 'was written by another version of rackbench' }
  const head = header.safeParse(told)
  const servers: Server[] = []
  const ids = new Set<string>()
  for (const line of lines.slice(0, -1)) {
    const server = serverSchema.safeParse(parsed(line))
    if (!server.success) return damaged
    servers.push(server.data)
    ids.add(server.data.id)
  }
  if (!head.success || lines.at(-1) !== '' || servers.length !== head.data.servers || ids.size !== servers.length) return damaged
  const { key, readAt, notes } = head.data
  return { is: 'kept', kept: { at: Date.parse(readAt), key, reading: { servers, notes } } }
}

const damaged = { is: 'unusable', problem: 'is damaged' } as const

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
