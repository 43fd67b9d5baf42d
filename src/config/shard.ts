import type { ServerId } from '../model/server.ts'

/** One part of a selection that is spread over several runs: `index` from 1 to `of`. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/**
 * The part, from 1 to `parts`, that a server always belongs to, whatever else is selected: the 32-bit FNV-1a hash of its
 * ID modulo `parts`, plus one. It spreads IDs that follow each other more evenly than a cryptographic hash.
 */
export function shardOf(id: ServerId, parts: number): number {
  let hash = 0x81_1c_9d_c5
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01_00_01_93)
  return ((hash >>> 0) % parts) + 1
}
