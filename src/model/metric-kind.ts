import { z } from 'zod'

/** What is known of a metric besides its value. */
export const metricKindSchema = z.object({
  /** For people: `ms`, `MB/s`, `1/s`. */
  unit: z.string().exactOptional(),
  /** Which direction is the good one. */
  better: z.enum(['higher', 'lower']).exactOptional(),
})
export type MetricKind = z.infer<typeof metricKindSchema>
export type MetricKinds = Readonly<Record<string, MetricKind>>

/** `cpu.events_per_second.spread_percent` tells how far the runs of one server lay apart: of no rule's concern, unless one names it. */
export const spreadSuffix = '.spread_percent'
