import { baselineAsJson, baselineAsYaml } from '../config/baseline-text.ts'
import { oneOf, percent } from '../config/kind.ts'
import { counted, oneLine, refusal } from '../config/wording.ts'
import { baselineOf } from '../model/baseline.ts'
import type { PastMeasurement } from '../model/baseline-groups.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { MetricKind, MetricKinds } from '../model/metric-kind.ts'
import { UsageError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { Arguments } from './command-line.ts'
import { formats } from './options/answer.ts'
import { readPastRuns } from './past-runs.ts'

type Format = (typeof formats)['baseline'][number]

/** `rackbench baseline`: rules made from what servers measured in past runs. Touches nothing. */
export async function baseline(args: Arguments): Promise<number> {
  const { format, marginPercent, by } = askedOf(args)
  const { measurements, kinds, runs } = await measuredIn(args.words)
  const made = baselineOf(measurements, { by, marginPercent, kinds })
  const stderr = guardStream(process.stderr)
  for (const line of made.leftOut) stderr.write(`rackbench: left out: ${oneLine(line)}\n`)
  if (made.rules.length === 0) {
    stderr.write(`rackbench: no rule could be made: ${measurements.length === 0 ? 'no server was measured' : 'no group is large enough'}\n`)
    return exitCodes.incomplete
  }
  guardStream(process.stdout).write(format === 'json' ? baselineAsJson(made) : baselineAsYaml(made, { runs, marginPercent }))
  return exitCodes.passed
}

function askedOf({ flags, lists, words }: Arguments): { readonly format: Format; readonly marginPercent: number; readonly by: readonly string[] } {
  const problems: string[] = []
  const { format = 'yaml', margin = '5%' } = flags
  const [readFormat, readMargin] = [oneOf(formats.baseline)(format), percent(margin)]
  const by = (lists['by'] ?? []).flatMap((given) => given.split(','))
  if (words.length === 0) problems.push('baseline: from which runs? `rackbench baseline rackbench-out/results.json`, say')
  if ('expected' in readMargin) problems.push(refusal('--margin', readMargin.expected, margin))
  if (by.includes('')) problems.push(refusal('--by', 'names of labels, like model or model,rack', (lists['by'] ?? []).join(',')))
  if ('expected' in readFormat) problems.push(refusal('--format', readFormat.expected, format))
  if ('expected' in readFormat || 'expected' in readMargin || problems.length > 0) throw new UsageError(problems)
  return { format: readFormat.value, marginPercent: readMargin.value, by: [...new Set(by)] }
}

interface Measured {
  readonly measurements: readonly PastMeasurement[]
  readonly kinds: MetricKinds
  readonly runs: readonly string[]
}

/** Every server that was measured counts, also one that was too slow: without them, rules would only ever confirm themselves. */
async function measuredIn(paths: readonly string[]): Promise<Measured> {
  const measurements: PastMeasurement[] = []
  const runs: string[] = []
  const kinds = new Map<string, MetricKind>()
  for await (const { path, results: { run, servers } } of readPastRuns(paths)) {
    const measured = servers.filter(({ metrics }) => Object.keys(metrics).length > 0)
    for (const { id, labels = {}, metrics } of measured) measurements.push({ id, labels, metrics })
    for (const [metric, kind] of Object.entries(run.metrics ?? {})) kinds.set(metric, kind)
    runs.push(`${path}: run ${run.id} of ${run.startedAt}, ${counted(measured.length, 'server')} measured`)
  }
  return { measurements, kinds: Object.fromEntries(kinds), runs }
}
