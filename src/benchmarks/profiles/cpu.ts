import { z } from 'zod'
import { commonOf, profileOptions, seconds } from '../common-options.ts'
import type { MeasuredCommand } from '../measured-command.ts'
import { gather, linesOf, refuseFailure } from '../tool-output.ts'
import { setThreads, threads } from './threads.ts'

/** `cpu`: how many times a second all CPUs together find the primes up to 10000. */
export const cpuSchema = z.strictObject({
  profile: z.literal('cpu'),
  ...profileOptions,
  seconds: seconds.describe('how long it measures').meta({ default: 30 }).exactOptional(),
  threads: threads.exactOptional(),
})

export function cpuCommand(options: z.output<typeof cpuSchema>): MeasuredCommand {
  const time = options.seconds ?? 30
  const common = commonOf(options, { name: 'cpu', repeatable: true, seconds: time })
  const [rate, latency] = [`${common.name}.events_per_second`, `${common.name}.p95_ms`]
  return {
    ...common,
    requires: ['sysbench'],
    script: ['export LC_ALL=C', setThreads(options.threads), `sysbench cpu --threads="$threads" --time=${time} run`].join('\n'),
    metrics: { [rate]: { unit: '1/s', better: 'higher' }, [latency]: { unit: 'ms', better: 'lower' } },
    parse(output) {
      refuseFailure('sysbench', output)
      const found = gather('sysbench')
      for (const line of linesOf(output)) {
        const [, label, value] = /^ *(events per second|95th percentile): *(\S+)$/.exec(line) ?? []
        if (value !== undefined) found.add(label === 'events per second' ? rate : latency, value)
      }
      return found.metrics([rate, latency])
    },
  }
}
