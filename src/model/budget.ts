import { z } from 'zod'

/** How many servers one run may mark as broken: `--max-broken N | N%`, or the default. */
export const maxBrokenSchema = z.union([
  z.object({ count: z.int().min(0) }),
  z.object({ percent: z.number().min(0).max(100) }),
  z.literal('default'),
])
export type MaxBroken = z.infer<typeof maxBrokenSchema>

/** The budget of marks, as a number. The default is 10 % of the run's servers, at least 5, at most 50. A part of a server counts as one. */
export function marksAllowed(maxBroken: MaxBroken, servers: number): number {
  if (maxBroken === 'default') return Math.min(50, Math.max(5, share(10, servers)))
  return 'count' in maxBroken ? maxBroken.count : share(maxBroken.percent, servers)
}

function share(percent: number, servers: number): number {
  return Math.ceil(Number(((servers * percent) / 100).toFixed(9)))
}
