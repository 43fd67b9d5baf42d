import { z } from 'zod'
import type { MetricKinds } from '../model/metric-kind.ts'
import { metricKindSchema } from '../model/metric-kind.ts'
import type { Metrics } from '../model/metrics.ts'
import { chosen, hasKey } from './chosen.ts'
import { commonOf, commonOptions } from './common-options.ts'
import { pointerSchema } from '../model/json-pointer.ts'
import type { MeasuredCommand } from './measured-command.ts'
import { metricName } from './metric-name.ts'
import { parseJson } from './parse-json.ts'
import { parseLines } from './parse-lines.ts'
import { metricsOf, parseRegex, patternsSchema } from './parse-regex.ts'
import type { RemoteOutput } from './remote.ts'
import { refuseFailure } from './tool-output.ts'

const json = z.strictObject({ json: z.record(metricName, pointerSchema('/jobs/0/read/iops')).refine((pointers) => Object.keys(pointers).length > 0, { message: 'expected a metric and its pointer' }) })
const regex = z.strictObject({ regex: patternsSchema })
const word = z.enum(['lines', 'nothing'])
const parseSchema = chosen([json, regex, word], (given) => (hasKey(given, 'json') ? json : hasKey(given, 'regex') ? regex : typeof given === 'string' ? word : undefined), 'expected {json: ...}, {regex: ...}, lines or nothing')
type Parse = z.output<typeof parseSchema>

const tool = z.string().regex(/^[A-Za-z0-9_/][A-Za-z0-9_/.+-]{0,199}$/, 'is no name of a program')
const script = z.string().max(100_000).regex(/^(?=[^]*\S)[^\0]*$/, 'expected a script for /bin/sh')

/** A command of one's own. */
export const ownCommandSchema = z
  .strictObject({
    ...commonOptions,
    run: script.describe('for /bin/sh on the server'),
    parse: parseSchema.describe('how metrics are read from what it prints: {json: {metric: pointer}}, {regex: ...} with named groups, lines (name=value unit), or nothing'),
    metrics: z.record(metricName, metricKindSchema.strict()).describe('unit and better direction of each').exactOptional(),
    require: z.array(tool).max(50).describe('programs that must be on the server').exactOptional(),
  })
  .superRefine((written, context) => {
    const known = knownMetrics(written.parse)
    const twice = known?.find((name, index) => known.indexOf(name) !== index)
    if (twice !== undefined) context.addIssue({ code: 'custom', path: ['parse', 'regex'], message: `yields ${twice} twice` })
    for (const name of Object.keys(written.metrics ?? {})) {
      const yields = known?.length === 0 ? 'nothing' : known?.join(', ')
      if (known?.includes(name) === false) context.addIssue({ code: 'custom', path: ['metrics', name], message: `is not measured: parse yields ${yields}` })
    }
  })
type OwnCommand = z.output<typeof ownCommandSchema>

/** The metrics that a command yields for sure; nothing if they are known only when it has run. */
function knownMetrics(parse: Parse): readonly string[] | undefined {
  if (parse === 'lines') return undefined
  if (parse === 'nothing') return []
  return 'json' in parse ? Object.keys(parse.json) : metricsOf(parse.regex)
}

export function ownCommand(written: OwnCommand): MeasuredCommand {
  const { name, run, parse, require = [], metrics = {} } = written
  const kinds: MetricKinds = { ...Object.fromEntries((knownMetrics(parse) ?? []).map((metric) => [metric, {}])), ...metrics }
  return {
    ...commonOf(written, { name, repeatable: false, seconds: 0 }),
    requires: require,
    script: `export LC_ALL=C\n${run}`,
    metrics: named(name, kinds),
    parse(output) {
      refuseFailure(name, output)
      return named(name, read(name, parse, output, metrics))
    },
  }
}

function read(name: string, parse: Parse, { stdout }: RemoteOutput, kinds: MetricKinds): Metrics {
  if (parse === 'nothing') return {}
  if (parse === 'lines') return parseLines(name, stdout, kinds)
  return 'json' in parse ? parseJson(name, stdout, parse.json) : parseRegex(name, stdout, parse.regex)
}

/** Puts the name of the command before those of its metrics, so that no two commands measure the same. */
function named<T>(command: string, metrics: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [`${command}.${metric}`, value]))
}
