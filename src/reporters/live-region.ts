import type { Colours } from './colour.ts'
import { roughly } from './log-words.ts'
import type { Lane, Progress } from './progress.ts'

const barWidth = 24
/** So many rows of the terminal stay for the log lines. */
const rowsForLines = 4

interface Terminal {
  readonly columns: number
  readonly rows: number
  readonly colours: Colours
}

/** The live region: a bar with the counts, and a line for each server under way, as many as there is room for. No line is wider than the terminal. */
export function renderRegion(progress: Progress, { columns, rows, colours }: Terminal): readonly string[] {
  // A line that fills the last column would wrap on some terminals.
  const width = columns - 1
  const room = Math.max(1, rows - rowsForLines - 1)
  const lanes = [...progress.underWay].sort((a, b) => compareText(a.worker, b.worker))
  const shown = lanes.length <= room ? lanes : lanes.slice(0, room - 1)
  const wide = Math.max(0, ...shown.map(({ server }) => server.length))
  return [
    totalLine(progress, width, colours),
    ...shown.map((lane) => laneLine(lane, wide).slice(0, width)),
    ...(shown.length < lanes.length ? [`and ${lanes.length - shown.length} more`.slice(0, width)] : []),
  ]
}

function totalLine({ total, done, underWay, waiting, elapsedMs, leftMs }: Progress, width: number, colours: Colours): string {
  const ended = done.passed + done.failed + done.skipped
  const filled = total === 0 ? 0 : Math.floor((barWidth * ended) / total)
  const parts: readonly (readonly [string, (text: string) => string])[] = [
    [`[${'#'.repeat(filled)}${' '.repeat(barWidth - filled)}] ${ended} of ${total} done`, String],
    [roughly(elapsedMs), String],
    ...(leftMs === undefined ? [] : [[`about ${roughly(leftMs)} left`, String] as const]),
    [`${done.passed} passed`, colours.green],
    [`${done.failed} failed`, done.failed > 0 ? colours.red : String],
    [`${done.skipped} skipped`, done.skipped > 0 ? colours.yellow : String],
    [`${underWay.length} under way`, String],
    [`${waiting} waiting`, String],
  ]
  const plain = parts.map(([text]) => text).join(', ')
  return plain.length > width ? plain.slice(0, width) : parts.map(([text, paint]) => paint(text)).join(', ')
}

function laneLine({ worker, server, step, forMs }: Lane, wide: number): string {
  return `${worker}  ${server.padEnd(wide)}  ${(step ?? 'starting').padEnd(9)}  ${roughly(forMs)}`
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
