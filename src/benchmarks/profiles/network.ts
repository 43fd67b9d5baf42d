import { z } from 'zod'
import { MeasurementError } from '../../model/fault.ts'
import type { MetricKinds } from '../../model/metric-kind.ts'
import type { Metrics } from '../../model/metrics.ts'
import { commonOf, duration, profileOptions, seconds } from '../common-options.ts'
import { findJson } from '../find-json.ts'
import type { MeasuredCommand } from '../measured-command.ts'
import type { RemoteOutput } from '../remote.ts'
import { because, readable, refuseFailure, shorten } from '../tool-output.ts'

const tests = ['send', 'receive'] as const

/** `network`: how much the server sends to, and receives from, a peer on which `iperf3 -s` runs. */
export const networkSchema = z.strictObject({
  profile: z.literal('network'),
  ...profileOptions,
  peer: z.string().regex(/^[A-Za-z0-9:][A-Za-z0-9.:%_-]{0,254}$/, 'expected a host name or an address').describe('where iperf3 -s runs'),
  port: z.int().min(1).max(65_535).meta({ default: 5201 }).exactOptional(),
  tests: z.array(z.enum(tests)).min(1).meta({ default: tests }).exactOptional(),
  seconds: seconds.describe('how long each direction is measured').meta({ default: 10 }).exactOptional(),
  streams: z.int().min(1).max(128).describe('connections at a time').meta({ default: 4 }).exactOptional(),
  wait: duration('10m').describe('how long to wait for a peer that measures another server').exactOptional(),
})

export function networkCommand(options: z.output<typeof networkSchema>): MeasuredCommand {
  const { peer, port = 5201, seconds: time = 10, streams = 4, wait = 600_000 } = options
  const wanted = [...new Set(options.tests ?? tests)]
  const common = commonOf(options, { name: 'network', repeatable: true, seconds: time })
  return {
    ...common,
    requires: ['iperf3'],
    script: scriptOf(`iperf3 -J -c ${peer} -p ${port} -t ${time} -P ${streams} --connect-timeout 10000`, wanted, wait),
    metrics: Object.assign({}, ...wanted.map((test) => kindsOf(`${common.name}.${test}`))) as MetricKinds,
    parse: (output) => Object.assign({}, ...wanted.map((test) => readIperf(output, `${common.name}.${test}`, test))) as Metrics,
  }
}

function kindsOf(prefix: string): MetricKinds {
  return { [`${prefix}.mbit_per_second`]: { unit: 'Mbit/s', better: 'higher' }, [`${prefix}.retransmits`]: { better: 'lower' } }
}

const heading = (test: string): string => `=== ${test}`

/** A peer measures one server at a time; the others are told that it is busy, and ask again. */
function scriptOf(iperf: string, wanted: readonly string[], waitMs: number): string {
  return `export LC_ALL=C
last=$(($(date +%s) + ${Math.ceil(waitMs / 1000)}))
measure() {
  while :; do
    printed=$(${iperf} "$@" 2>&1)
    code=$?
    case $printed in *'server is busy'*) ;; *) break ;; esac
    [ "$(date +%s)" -lt "$last" ] || break
    echo 'iperf3: the peer measures another server, waiting' >&2
    sleep 2
  done
  printf '%s\\n' "$printed"
  return "$code"
}
${wanted.map((test) => `echo '${heading(test)}'\nmeasure${test === 'receive' ? ' -R' : ''} || exit`).join('\n')}`
}

const failed = z.object({ error: z.string() })
const sent = z.object({ bits_per_second: z.number().nonnegative(), retransmits: z.number().nonnegative().exactOptional() })
const measured = z.object({ end: z.object({ sum_sent: sent, sum_received: sent }) })

/** With -J, iperf3 3.12 ends with 0 also when it could not connect: what it says counts. */
function readIperf(output: RemoteOutput, prefix: string, test: string): Metrics {
  const [, section = ''] = readable(output.stdout).split(`${heading(test)}\n`)
  const [own = ''] = section.split(/^=== /m)
  const printed = findJson(own)
  const problem = failed.safeParse(printed)
  if (problem.success) throw new MeasurementError(`iperf3: ${shorten(problem.data.error)}`)
  refuseFailure('iperf3', output)
  if (printed === undefined) throw new MeasurementError(`iperf3 printed no JSON${because(output, /^iperf3: /)}`)
  const read = measured.safeParse(printed)
  if (!read.success) throw new MeasurementError(`iperf3 printed no ${read.error.issues[0]?.path.join('.') ?? 'result'}`)
  const { sum_sent: outgoing, sum_received: incoming } = read.data.end
  if (incoming.bits_per_second === 0) throw new MeasurementError('iperf3 moved nothing')
  return { [`${prefix}.mbit_per_second`]: incoming.bits_per_second / 1e6, [`${prefix}.retransmits`]: outgoing.retransmits ?? 0 }
}
