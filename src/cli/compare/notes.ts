import { quote, someOf } from '../../config/wording.ts'
import type { Comparison } from '../../model/comparison.ts'
import type { Server } from '../../model/server.ts'
import type { Asked } from './asked.ts'
import type { Sides } from './sides.ts'

/** What makes a comparison say less than it seems to, a line each. @param servers Those that count, with their labels. */
export async function notesOn({ before, after }: Sides, { metrics }: Comparison, { by }: Asked, servers: readonly Server[]): Promise<string[]> {
  const earlier = new Set(before.runs.map(({ id }) => id))
  const shared = after.runs.map(({ id }) => id).filter((id) => earlier.has(id))
  return [
    ...(shared.length > 0 ? [`on both sides, and compared with itself: run ${someOf(shared)}`] : []),
    ...(metrics.every(({ both }) => both === 0) ? ['no server is on both sides: different servers are compared. Of shards, take the day as the side: 2026-11-01..2026-11-01, say'] : []),
    ...(await unknownLabels(by, servers)),
  ]
}

async function unknownLabels(by: readonly string[], servers: readonly Server[]): Promise<string[]> {
  const known = new Set(servers.flatMap(({ labels }) => Object.keys(labels)))
  const unknown = by.filter((label) => !known.has(label))
  if (unknown.length === 0) return []
  const { suggestion } = await import('../../config/nearest.ts')
  return unknown.map((label) => `--by ${quote(label)}: no server has this label, and it tells none of them apart${suggestion(label, [...known])}`)
}
