import path from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { ServerState } from '../model/server-state.ts'
import { steps } from '../model/step.ts'
import { isRetested } from '../model/verdict.ts'
import { describeFinding } from '../model/violation.ts'
import { failureBody } from './junit-body.ts'
import { newReport } from './junit-builder.ts'
import type { Standing } from './report-standing.ts'
import { lastRecords, lastWarnings } from './report-steps.ts'
import { clean, singleLine, seconds, withoutMarker } from './report-text.ts'

/** Where the run directory is, and the folder that paths in reports start from. Both absolute. */
export interface Place {
  readonly directory: string
  readonly cwd: string
}

/** A capital letter in each part, so that neither occurs inside a server's name: Jenkins would lose the test's history. */
const className = 'Rackbench.Fleet'

const longestMessage = 1000

/** One server as a `<testcase>`, in one line but for the texts in it. */
export function testcase(server: ServerState, standing: Standing, plan: Pick<Plan, 'attach' | 'flags' | 'provisioner' | 'thresholds'>, place: Place): string {
  const one = newReport().testCase().className(className).name(server.server.id).time(seconds(server.durationMs))
  for (const [name, value] of propertiesOf(server)) one.property(name, value)
  const element = one.build(suite)
  if (standing.status === 'failed') {
    const { step, failure } = standing.fall
    const message = singleLine(`${step}: ${failure.message}`, longestMessage)
    element.ele(kindOf(standing), { message, type: failure.type }).txt(failureBody(server, standing.fall, plan))
  }
  if (standing.status === 'skipped') element.ele('skipped', { message: singleLine(standing.because, longestMessage) })
  const output = outputOf(server, standing, plan, place)
  if (output.length > 0) element.ele('system-out').txt(output.join('\n'))
  const text = element.toString({ pretty: false })
  element.remove()
  return text
}

/** What each case is built in, and taken out of again: a suite for each would take as long as the case. */
const suite = newReport().testSuite().build()

/** How a test case counts. */
export type CaseKind = 'passed' | 'failure' | 'error' | 'skipped'

/** Only a server that was measured and found too slow has failed the test; all else kept it from being held. */
export function kindOf(standing: Standing): CaseKind {
  if (standing.status !== 'failed') return standing.status
  return standing.fall.failure.type === 'PerformanceError' ? 'failure' : 'error'
}

/** Each name once: of two of a name Jenkins shows the last one only, and in no order. */
function propertiesOf(server: ServerState): ReadonlyMap<string, string> {
  const records = lastRecords(server)
  const metrics = records.benchmark?.status === 'passed' ? Object.entries(records.benchmark.metrics ?? {}) : []
  const times = steps.flatMap((step) => {
    const record = records[step]
    return record && record.status !== 'skipped' ? [[`${step}.seconds`, String(seconds(record.durationMs))] as const] : []
  })
  const named = metrics.map(([name, value]) => [clean(name), String(value)] as const)
  const worker = server.worker === undefined ? [] : [['worker', clean(server.worker)] as const]
  const retested = isRetested(server) ? [['retested', 'true'] as const] : []
  // Of a metric and a property of ours with the same name, ours stands.
  const ours = new Map<string, string>([...times, ...worker, ...retested])
  return new Map([...named.filter(([name]) => name !== '' && !ours.has(name)), ...ours])
}

/** The lines of system-out: why the server was skipped, for some versions of Jenkins show it nowhere else, the log to attach, and what only warns. */
function outputOf(server: ServerState, standing: Standing, plan: Pick<Plan, 'attach' | 'thresholds'>, place: Place): string[] {
  const reason = standing.status === 'skipped' ? [withoutMarker(singleLine(standing.because, longestMessage))] : []
  const isWanted = plan.attach === 'all' || (plan.attach === 'failed' && standing.status === 'failed')
  const log = path.relative(place.cwd, path.join(place.directory, 'logs', `${server.server.id}.log`))
  const attachment = isWanted && server.phase !== 'waiting' && isAttachable(log) ? [`[[ATTACHMENT|${log}]]`] : []
  return [...reason, ...attachment, ...warningLines(server, plan)]
}

const mostWarnings = 20

function warningLines(server: ServerState, { thresholds }: Pick<Plan, 'thresholds'>): string[] {
  const shown = lastWarnings(server).slice(0, mostWarnings)
  return shown.map((warning) => withoutMarker(singleLine(`warning: ${describeFinding(warning, thresholds)}`, longestMessage)))
}

/** Jenkins reads a path up to the first `|`, and the marker up to the last `]]` of the line. */
function isAttachable(file: string): boolean {
  return !/[|\n\r\u0085\u2028\u2029]|\]\]/.test(file) && clean(file) === file
}
