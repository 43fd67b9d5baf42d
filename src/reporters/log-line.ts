import type { Plan } from '../model/plan.ts'
import type { LogLevel } from '../model/provisioner.ts'
import type { ServerId } from '../model/server.ts'
import type { Step } from '../model/step.ts'
import { cutToBytes, longestLine, oneLine } from './log-text.ts'

export type LogFormat = Plan['logFormat']

/** What a line says. A line about the run as a whole has neither worker nor server. */
export interface LogEntry {
  /** Milliseconds since 1970, UTC. */
  readonly at: number
  readonly level: LogLevel
  readonly worker?: string | undefined
  readonly server?: ServerId | undefined
  readonly step?: Step | undefined
  readonly message: string
}

/** Room for what stands before the message: a timestamp, a level, a worker, a server's ID, a step. */
const roomForTags = 512

/** One line of at most 16 KiB, whatever the message is, as it stands in a file. */
export function fileLine(entry: LogEntry, format: LogFormat): string {
  const timestamp = timestampOf(entry.at)
  return format === 'json' ? jsonLine(entry, { timestamp }) : `${timestamp} ${textLine(entry)}`
}

/** The same without the timestamp. */
export function consoleLine(entry: LogEntry, format: LogFormat): string {
  return format === 'json' ? jsonLine(entry, {}) : textLine(entry)
}

function textLine({ level, worker, server, step, message }: LogEntry): string {
  const who = worker === undefined && server === undefined ? ' [rackbench]' : `${tagged(worker)}${tagged(server)}`
  const what = step === undefined ? '' : `${step}: `
  return `${level.padEnd(5)}${who} ${what}${cutToBytes(oneLine(message), longestLine - roomForTags)}`
}

function tagged(tag: string | undefined): string {
  return tag === undefined ? '' : ` [${tag}]`
}

let last = { at: 0, text: new Date(0).toISOString() }

/** Lines come in bursts: most are of the same millisecond as the one before. */
function timestampOf(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() }
  return last.text
}

function jsonLine({ level, worker, server, step, message }: LogEntry, time: { readonly timestamp?: string }): string {
  const lineOf = (most: number): string => JSON.stringify({ ...time, level, worker, server, step, message: cutToBytes(oneLine(message), most) })
  const line = lineOf(longestLine - roomForTags)
  if (line.length * 3 <= longestLine || Buffer.byteLength(line) <= longestLine) return line
  // JSON at most doubles what is printable: quotes and backslashes.
  return lineOf(longestLine / 2 - roomForTags)
}
