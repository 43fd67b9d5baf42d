import { z } from 'zod'
import { MeasurementError, ServerOperationError } from '../../model/fault.ts'
import type { MetricKind } from '../../model/metric-kind.ts'
import { commonOf, profileOptions, seconds } from '../common-options.ts'
import type { MeasuredCommand } from '../measured-command.ts'
import type { RemoteOutput } from '../remote.ts'
import { gather, linesOf, refuseFailure, shorten } from '../tool-output.ts'

/** `stress`: all CPUs compute, and walk through memory, and what comes out is verified. */
export const stressSchema = z.strictObject({
  profile: z.literal('stress'),
  ...profileOptions,
  seconds: seconds.describe('how long it computes').meta({ default: 60 }).exactOptional(),
  memory: z.int().min(1).max(90).describe('how much of the free memory is walked through, in percent').meta({ default: 50 }).exactOptional(),
})

const stressors = ['cpu', 'vm'] as const
const rate: MetricKind = { unit: '1/s', better: 'higher' }

const telling = /^stress-ng(?:-\w+)?: (?:fail|error|warn|unrecog)|must be/

/** What stress-ng ends with if a stressor failed, among others by its verification. */
const stressorFailed = 2

export function stressCommand(options: z.output<typeof stressSchema>): MeasuredCommand {
  const time = options.seconds ?? 60
  const common = commonOf(options, { name: 'stress', repeatable: true, seconds: time })
  const metric = (stressor: string): string => `${common.name}.${stressor}.bogo_ops_per_second`
  return {
    ...common,
    requires: ['stress-ng'],
    script: ['export LC_ALL=C', `stress-ng --cpu 0 --vm 0 --vm-bytes ${options.memory ?? 50}% --verify --metrics --temp-path /tmp --timeout ${time}s`].join('\n'),
    metrics: Object.fromEntries(stressors.map((stressor) => [metric(stressor), rate])),
    parse(output) {
      refuseFault(output)
      refuseFailure('stress-ng', output, telling)
      const found = gather('stress-ng')
      for (const { stressor, operations, ranSeconds, perSecond } of rowsOf(output)) {
        if (Number(operations) === 0) throw new MeasurementError(`stress-ng: ${stressor} did nothing at all: is there enough memory?`)
        if (Number(ranSeconds) < time * 0.9) throw new MeasurementError(`stress-ng: ${stressor} was cut short, after ${ranSeconds} of ${time} s`)
        found.add(metric(stressor), perSecond)
      }
      return found.metrics(stressors.map(metric))
    },
  }
}

/**
 * A server that computes wrong results, or loses bits, failed by its own fault: no threshold was missed, and nothing else explains it.
 *
 * @throws ServerOperationError with what stress-ng found.
 */
function refuseFault(output: RemoteOutput): void {
  if (output.exitCode !== stressorFailed) return
  const said = linesOf(output).flatMap((line) => /^stress-ng(?:-\w+)?: fail: +\[\d+\] +(.+)$/.exec(line)?.[1] ?? [])
  const found = said.find((line) => !/errno|no available|out of memory|allocate/i.test(line))
  if (found !== undefined) throw new ServerOperationError(`stress-ng verified what the server computes, and found it wrong: ${shorten(found)}`)
}

interface Row {
  readonly stressor: string
  readonly operations: string
  readonly ranSeconds: string
  readonly perSecond: string
}

/** Stressor, operations, seconds (real, user, system), operations per real second: `metrc:`, or `info:` before 0.14.04. */
const row = /^stress-ng: (?:info|metrc): +\[\d+\] +(cpu|vm) +(\d+) +(\S+) +\S+ +\S+ +(\S+) +\S+/

function rowsOf(output: RemoteOutput): Row[] {
  return linesOf(output).flatMap((line) => {
    const [, stressor, operations, ranSeconds, perSecond] = row.exec(line) ?? []
    return stressor === undefined || operations === undefined || ranSeconds === undefined || perSecond === undefined ? [] : [{ stressor, operations, ranSeconds, perSecond }]
  })
}
