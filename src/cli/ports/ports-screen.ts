import type { Clock } from '../../model/clock.ts'
import type { PortRound } from '../../model/port-round.ts'
import { chooseColours } from '../../reporters/colour.ts'
import { chooseProgress } from '../../reporters/console.ts'
import type { OutputStream } from '../../reporters/console-stream.ts'
import { guardStream } from '../../reporters/console-stream.ts'
import { count as counted, roughly } from '../../reporters/log-words.ts'
import { portObjects } from '../../reporters/ports-json.ts'
import { portLines, summaryLine } from '../../reporters/ports-lines.ts'
import type { PortsTable } from '../../reporters/ports-table.ts'
import { portsTable, renderPorts } from '../../reporters/ports-table.ts'
import type { PortsContext } from '../../reporters/ports-words.ts'
import type { portsFormats } from '../../model/choices.ts'

/** Where rounds are shown while they go on. */
export interface PortsScreen {
  readonly show: (round: PortRound) => void
  /** Something besides, for whoever looks. */
  readonly say: (line: string) => void
  /** Shows how it ended. Nothing is drawn afterwards. */
  readonly close: (last: PortRound | undefined) => void
}

interface ScreenOptions {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly format: (typeof portsFormats)[number]
  readonly everyMs: number
  /** How many rounds there will be. */
  readonly count: number
  /** How many endpoints are watched. */
  readonly endpoints: number
  readonly context: PortsContext
}

/** A live table at a terminal, otherwise lines; as JSON whatever a format wants to be told while rounds go on. */
export async function openScreen(options: ScreenOptions): Promise<PortsScreen> {
  const { format, stdout, stderr, env, context } = options
  const errors = guardStream(stderr)
  const say = (line: string): void => errors.write(`rackbench: ${line}\n`)
  if (format === 'json') return { show() {}, say, close() {} }
  if (format === 'text' && chooseProgress('auto', stdout, env) === 'live') return liveScreen(options, say)
  const output = guardStream(stdout)
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) output.write(lines.map((line) => `${line}\n`).join(''))
  }
  const linesOf = format === 'ndjson' ? portObjects(context) : portLines(context)
  return {
    show: (round) => write(linesOf(round)),
    say,
    close(last) {
      if (format === 'text' && last && last.number > 1) write([summaryLine(last, context)])
    },
  }
}

/** Above a table there is no room for a line for each of thousands. */
const mostLinesAbove = 20
/** What of a terminal is no row of the table. */
const rowsBesides = 8

/** What a live view needs is loaded for those who look at one. */
async function liveScreen({ stdout, env, clock, everyMs, count, endpoints, context }: ScreenOptions, sayPlainly: (line: string) => void): Promise<PortsScreen> {
  const { openLive } = await import('../../reporters/live.ts')
  const output = guardStream(stdout)
  const colours = chooseColours(stdout, env)
  const linesOf = portLines(context)
  let table: PortsTable | undefined
  let shownAt = clock.elapsed()
  let isOpen = true
  const live = openLive({
    output,
    clock,
    render() {
      if (!table) return isOpen ? [`checking ${counted(endpoints, 'endpoint')} for ${roughly(clock.elapsed() - shownAt)}`] : []
      // The moment at which the next round begins, as far as is known here: rounds begin on a grid.
      const leftMs = everyMs - table.round.durationMs - (clock.elapsed() - shownAt)
      return renderPorts(table, isOpen ? (leftMs > 0 ? { is: 'waiting', leftMs } : { is: 'checking', forMs: -leftMs }) : { is: 'over' }, { ...output.size(), colours })
    },
  })
  live.touch()
  return {
    show(round) {
      table = portsTable(round, context)
      shownAt = clock.elapsed()
      const lines = linesOf(round)
      // The table tells what the first round has found. If it has no room for all that is not up, and no other round comes, lines do.
      const isTold = round.number === 1 && (count > 1 || lines.length < output.size().rows - rowsBesides)
      const above = isTold ? [] : lines.slice(0, count > 1 ? mostLinesAbove : Infinity)
      for (const line of above) live.line(line)
      if (!isTold && above.length < lines.length) live.line(`and ${lines.length - above.length} changes more`)
      live.touch()
    },
    say: (line) => (isOpen ? live.line(`rackbench: ${line}`) : sayPlainly(line)),
    close() {
      isOpen = false
      live.close()
    },
  }
}
