import type { Check, EndpointState } from '../model/endpoint.ts'
import { endpointName } from '../model/endpoint.ts'
import type { PortStatus } from '../model/port-round.ts'
import { portStatusOf } from '../model/port-round.ts'
import { newReport } from './junit-builder.ts'
import { betweenTestcases } from './report-block.ts'
import type { PortsContext } from './ports-words.ts'
import { certificateWarning, daysToExpiry, detailOf, idsOf, isFailed, reasonsOf } from './ports-words.ts'
import { clean, seconds, singleLine, withoutMarker } from './report-text.ts'

/** What is known after a round, or of what kept the monitor from one. */
export interface PortsStanding {
  /** In ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly states: readonly EndpointState[]
  /** Why these states are not what a round has just found, or not of all that should be watched; they are told beside it. */
  readonly trouble?: { readonly type: 'CutOff' | 'NotChecked' | 'NotWatched'; readonly message: string }
}

/** A capital letter in each part, so that neither occurs inside a host's name: Jenkins would lose the test's history. */
const className = 'Rackbench.Ports'
const suiteName = 'rackbench-ports'
/** Without a port it is nobody's name. */
const monitorName = 'monitor'
const longestMessage = 1000

/** The JUnit file, in chunks: one suite, with a test for each endpoint. Those that are down have failed; what is wrong with the monitor is an error of its own. */
export function* portsJunit({ startedAt, durationMs, states, trouble }: PortsStanding, context: PortsContext): Generator<string> {
  const statuses = states.map((state) => portStatusOf(state, context.history))
  const numberOf = (status: PortStatus): number => statuses.filter((one) => one === status).length
  const report = newReport()
  const suite = report.testSuite().name(suiteName).timestamp(startedAt).time(seconds(durationMs))
  suite.testCase().name('cases')
  Object.assign(suite, {
    getTestCaseCount: () => states.length + (trouble ? 1 : 0),
    getFailureCount: () => numberOf('down'),
    getErrorCount: () => (trouble ? 1 : 0),
    getSkippedCount: () => numberOf('unknown'),
  })
  const [head = '', tail = ''] = report.build().split('<testcase name="cases"/>')
  // No schema of JUnit's has this attribute on the root.
  yield head.replace(/(<testsuites [^<]*) skipped="\d+"/, '$1')
  let between = ''
  if (trouble) {
    yield troubleCase(trouble)
    between = betweenTestcases
  }
  for (const [index, state] of states.entries()) {
    yield between + (quietCase(state, statuses[index]!, context) ?? testcase(state, statuses[index]!, context))
    between = betweenTestcases
  }
  yield `${tail}\n`
}

/** What each case is built in, and taken out of again. */
const workshop = newReport().testSuite().build()

function troubleCase({ type, message }: NonNullable<PortsStanding['trouble']>): string {
  const element = newReport().testCase().className(className).name(monitorName).time(0).build(workshop)
  const others = type === 'NotWatched' ? 'What is not watched has no test here.' : 'The other tests are as they were before.'
  element.ele('error', { message: singleLine(message, longestMessage), type }).txt(`\n${clean(message)}\n${others}\n`)
  return finish(element)
}

/** An endpoint of which nothing is to be told but that it is up: most of them, of thousands, in every round. */
function quietCase(state: EndpointState, status: PortStatus, { serversAt }: PortsContext): string | undefined {
  if (status !== 'up' || daysToExpiry(state) !== undefined || serversAt(state.endpoint.host).length > 0) return undefined
  const name = endpointName(state.endpoint)
  return /^[\w.:[\]-]+$/.test(name) ? `<testcase classname="${className}" name="${name}" time="${timeOf(state)}"/>` : undefined
}

function testcase(state: EndpointState, status: PortStatus, context: PortsContext): string {
  const one = newReport().testCase().className(className).name(clean(endpointName(state.endpoint))).time(timeOf(state))
  for (const [name, value] of propertiesOf(state, status, context)) one.property(name, value)
  const element = one.build(workshop)
  const told = withoutMarker(singleLine(`${status}: ${reasonsOf(state)}`, longestMessage))
  if (status === 'down') element.ele('failure', { message: told, type: state.checks.findLast(isFailed)!.reason }).txt(withoutMarker(`\n${checkLines(state).join('\n')}\n`))
  if (status === 'unknown') element.ele('skipped', { message: 'not checked yet' })
  const warning = certificateWarning(state, context)
  const output = [
    ...(status === 'unknown' ? ['not checked yet'] : []),
    ...(status === 'flapping' || status === 'failing' ? [told, ...checkLines(state)] : []),
    ...(warning === '' ? [] : [warning]),
  ]
  if (output.length > 0) element.ele('system-out').txt(withoutMarker(output.join('\n')))
  return finish(element)
}

function finish(element: ReturnType<ReturnType<ReturnType<typeof newReport>['testCase']>['build']>): string {
  const text = element.toString({ pretty: false })
  element.remove()
  return text
}

function propertiesOf(state: EndpointState, status: PortStatus, { serversAt }: PortsContext): [string, string][] {
  const servers = idsOf(serversAt(state.endpoint.host))
  const days = daysToExpiry(state)
  return [
    ['status', status],
    ...(servers === '' ? [] : [['server', clean(servers)] as [string, string]]),
    ...(days === undefined ? [] : [['certificate.daysToExpiry', String(days)] as [string, string]]),
  ]
}

function timeOf({ checks }: EndpointState): number {
  return seconds(checks.at(-1)?.ms ?? 0)
}

const mostLines = 20

/** The checks that are kept, the latest first: `2026-11-22T10:00:00.000Z  refused  0.001 s`. */
function checkLines({ checks }: EndpointState): string[] {
  return checks.slice(-mostLines).toReversed().map((check) => `${check.at}  ${clean(wordsOf(check))}`)
}

function wordsOf(check: Check): string {
  if (check.ok) return `up  ${seconds(check.ms)} s`
  const detail = detailOf(check)
  return `${check.reason}  ${seconds(check.ms)} s${detail === '' ? '' : `: ${detail}`}`
}
