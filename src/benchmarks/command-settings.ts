import { z } from 'zod'
import { argvSchema, scriptSettings } from '../clients/script-settings.ts'
import { metricKindSchema } from '../model/metric-kind.ts'
import { describeIssues, UsageError } from '../model/problem.ts'

/** The settings of the benchmark `command`, as they are written. */
export const commandBenchmarkSchema = z.strictObject({
  run: argvSchema.describe('program and arguments; {id}, {os}, {address} and {label.NAME} are replaced inside of them; the last line that it prints is a number, or a JSON object of metrics'),
  metrics: z.record(z.string().min(1), z.strictObject(metricKindSchema.shape)).describe('what is known of the metrics: unit, and which direction is better').exactOptional(),
  ...scriptSettings,
})
const schema = z.object({ benchmark: commandBenchmarkSchema })

/** What the benchmark `command` is told: a program with its arguments. */
export type CommandBenchmarkSettings = z.infer<typeof commandBenchmarkSchema>

/**
 * Reads the settings of the benchmark `command`.
 *
 * @throws UsageError with a line for each thing that is wrong or missing in them.
 */
export function readCommandBenchmark(settings: unknown): CommandBenchmarkSettings {
  const parsed = schema.safeParse({ benchmark: settings })
  if (parsed.success) return parsed.data.benchmark
  const known = `; the settings of command are ${Object.keys(commandBenchmarkSchema.shape).join(', ')}`
  const lines = describeIssues(parsed.error, { benchmark: settings }, (_key, path) => (path === 'benchmark' ? known : ''))
  throw new UsageError(lines.map((line) => (line.startsWith('benchmark.run: ') ? `${line}; write for example [./measure.sh, "{address}"]` : line)))
}
