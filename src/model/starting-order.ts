import type { ServerState } from './server-state.ts'

/**
 * The order in which servers are started. Machines that an earlier process left installed come first: they are held. Then those that are expected to take
 * longest, so that none of them begins when all others are nearly through; what is expected to take as long, or nobody knows, stays as it stands.
 *
 * @param expectedMs How long each server of the run will probably take, by its place in the selection.
 */
export function startingOrder<State extends Pick<ServerState, 'phase' | 'index'>>(servers: readonly State[], expectedMs: readonly number[] = []): State[] {
  const waits = ({ phase }: State): number => (phase === 'under way' ? 0 : 1)
  const takes = ({ index }: State): number => expectedMs[index] ?? 0
  return servers.toSorted((a, b) => waits(a) - waits(b) || takes(b) - takes(a))
}
