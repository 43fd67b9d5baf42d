import { z } from 'zod'
import { MeasurementError, ServerOperationError } from '../../model/fault.ts'
import type { Metrics } from '../../model/metrics.ts'
import { findJson } from '../find-json.ts'
import type { RemoteOutput } from '../remote.ts'
import { because, linesOf, readable, refuseFailure, shorten } from '../tool-output.ts'

const rate = z.number().nonnegative()
const percentiles = z.object({ percentile: z.object({ '99.000000': rate }) })

/** One direction of a job: latencies are in nanoseconds since fio 3, and in microseconds before. */
const direction = z.object({ iops: rate, bw: rate, bw_bytes: rate.exactOptional(), clat_ns: percentiles.exactOptional(), clat: percentiles.exactOptional() })
const job = z.object({ jobname: z.string(), error: z.int(), read: z.unknown(), write: z.unknown() })
const printed = z.object({ jobs: z.array(job) })

/** The number of the error with which Linux tells that a disk could not read or write: `EIO`. */
const inputOutputError = 5

/** Errors go to stdout as well, before the JSON. */
const telling = /^fio: /

/**
 * Reads what `fio --output-format=json` has printed of jobs that are named as the tests.
 *
 * @throws MeasurementError if fio failed, or did not measure one of them; ServerOperationError if a disk failed under it.
 */
export function readFio(output: RemoteOutput, name: string, tests: readonly string[]): Metrics {
  const found = printed.safeParse(findJson(readable(output.stdout)))
  if (!found.success) {
    refuseFailure('fio', output, telling)
    throw new MeasurementError(`fio printed no JSON${because(output, telling)}`)
  }
  const { jobs } = found.data
  const failed = jobs.find(({ error }) => error !== 0)
  if (failed?.error === inputOutputError) throw new ServerOperationError(`fio: input/output error in ${shorten(failed.jobname)}${because(output, telling)}`)
  if (failed !== undefined) throw new MeasurementError(`fio: ${shorten(failed.jobname)}: ${errorOf(output) ?? `error ${failed.error}`}`)
  refuseFailure('fio', output, telling)
  return Object.fromEntries(tests.flatMap((test) => Object.entries(measured(test, jobs)).map(([metric, value]) => [`${name}.${test}.${metric}`, value])))
}

/** What Linux calls the error that ended a job. */
function errorOf(output: RemoteOutput): string | undefined {
  return linesOf(output).flatMap((line) => /^fio: pid=.*, error=([^=]{1,100})$/.exec(line)?.[1] ?? []).at(-1)
}

function measured(test: string, jobs: readonly z.output<typeof job>[]): Metrics {
  const [only, second] = jobs.filter(({ jobname }) => jobname === test)
  if (only === undefined) throw new MeasurementError(`fio printed nothing of ${test}`)
  if (second !== undefined) throw new MeasurementError(`fio printed ${test} twice`)
  const read = direction.safeParse(test.endsWith('write') ? only.write : only.read)
  if (!read.success) throw new MeasurementError(`fio printed ${test} in a form that is not known: ${read.error.issues[0]?.path.join('.')}`)
  const { iops, bw, bw_bytes: bytes = bw * 1024, clat_ns: nanoseconds, clat: microseconds } = read.data
  const p99 = nanoseconds ? nanoseconds.percentile['99.000000'] / 1e6 : microseconds && microseconds.percentile['99.000000'] / 1e3
  if (iops === 0 || p99 === undefined) throw new MeasurementError(`fio measured nothing in ${test}`)
  return { iops, mib_per_second: bytes / 1024 ** 2, p99_ms: p99 }
}
