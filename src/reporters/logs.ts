import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../model/clock.ts'
import type { Logs, ServerLog } from '../model/log.ts'
import type { LogLevel } from '../model/provisioner.ts'
import { logLevels } from '../model/provisioner.ts'
import type { ServerId } from '../model/server.ts'
import { openEndingFile } from './log-ending.ts'
import type { LogEntry, LogFormat } from './log-line.ts'
import { consoleLine, fileLine } from './log-line.ts'
import { createLogger, createTransport, endLogger, formatAs } from './log-transport.ts'

/** Where lines are shown while the run goes on. */
export interface ConsoleSink {
  readonly line: (text: string, level: LogLevel) => void
  /** Lines below this level are not shown. */
  readonly level?: LogLevel | undefined
}

export interface LogsOptions {
  /** The run directory: `run.log` and `logs/` are in it. What is there is appended to. */
  readonly directory: string
  readonly level: LogLevel
  readonly format: LogFormat
  readonly console: ConsoleSink
  readonly clock: Clock
  /** Hears, once for each cause, that a log cannot be written. */
  readonly onProblem: (message: string) => void
}

/** The logs of a run, for those who did not open them themselves. */
export interface RunLogs extends Logs {
  /** The log that is open for a server; where none is, its lines go to console and run.log. */
  readonly of: (server: ServerId) => Pick<ServerLog, 'write'>
  /** Closes what is still open. What is logged afterwards is dropped. Never rejects. */
  readonly close: () => Promise<void>
}

/** Opens run.log, and a file for each server when it is taken up. Never throws: a log that cannot be written is a problem of the run. */
export function openLogs(options: LogsOptions): RunLogs {
  const { directory, level, format, console, clock } = options
  const onError = tellOnce(options.onProblem)
  const folder = join(directory, 'logs')
  const earlier = namesIn(folder, (error) => onError(folder, error))
  const open = (path: string, isNew: boolean) => openEndingFile({ path, isNew, format, clock, onError: (error) => onError(path, error) })

  const runFile = open(join(directory, 'run.log'), false)
  const consoleLevel = stricter(level, console.level)
  /** One line of whatever log to where all lines go. */
  function toRun(line: string, entry: RunEntry): void {
    runFile.write(line)
    if (!entry.isLate && isWanted(entry.level, consoleLevel)) console.line(consoleLine(entry, format), entry.level)
  }
  const asLine = formatAs((entry) => fileLine(entry, format))
  const runLogger = createLogger(level, asLine, createTransport(toRun))
  /** Of each server that was taken up its worker and, until it is closed, its log. */
  const taken = new Map<ServerId, Taken>()
  let isOpen = true

  function log(entry: Omit<RunEntry, 'at'>): void {
    if (isOpen) runLogger.log({ at: clock.now(), ...entry })
  }
  function late(server: ServerId, step: LogEntry['step'], message: string): void {
    log({ level: 'warn', server, worker: taken.get(server)?.worker, step, message: `(late) ${message}`, isLate: true })
  }

  function openServer(server: ServerId, worker: string): ServerLog {
    const name = `${server}.log`
    const file = open(join(folder, name), !earlier.has(name) && !taken.has(server))
    // One logger for its lines in all places: what winston takes for a line is most of what a line costs.
    const logger = createLogger(level, asLine, createTransport((line, entry) => {
      file.write(line)
      toRun(line, entry)
    }))
    let closing: Promise<void> | undefined
    const serverLog: ServerLog = {
      write(lineLevel, step, message) {
        if (closing) late(server, step, message)
        else logger.log({ at: clock.now(), level: lineLevel, worker, server, step, message })
      },
      tail: file.tail,
      close() {
        entry.log = undefined
        closing ??= endLogger(logger).then(file.close)
        return closing
      },
    }
    const entry: Taken = { worker, log: serverLog }
    taken.set(server, entry)
    return serverLog
  }

  return {
    open: openServer,
    of: (server) => taken.get(server)?.log ?? { write: (lineLevel, step, message) => log({ level: lineLevel, worker: taken.get(server)?.worker, server, step, message }) },
    run: (lineLevel, message) => log({ level: lineLevel, message }),
    late,
    async close() {
      if (!isOpen) return
      isOpen = false
      await Promise.all([...taken.values()].flatMap((entry) => (entry.log ? [entry.log.close()] : [])))
      await endLogger(runLogger)
      runFile.close()
    },
  }
}

/** Makes the folder if need be. Looked into once: to look for each server's file would take as long as to write it. */
function namesIn(folder: string, onError: (error: unknown) => void): Set<string> {
  try {
    mkdirSync(folder, { recursive: true })
    return new Set(readdirSync(folder))
  } catch (error) {
    onError(error)
    return new Set()
  }
}

interface Taken {
  readonly worker: string
  log: ServerLog | undefined
}

/** A late line is that of a step which was left behind: it is in run.log only. */
type RunEntry = LogEntry & { readonly isLate?: boolean }

function isWanted(level: LogLevel, threshold: LogLevel): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(threshold)
}

function stricter(level: LogLevel, other: LogLevel | undefined): LogLevel {
  return other !== undefined && isWanted(other, level) ? other : level
}

/** A full disk fails every log of ten thousand servers; it is one problem. */
function tellOnce(onProblem: (message: string) => void): (path: string, error: unknown) => void {
  const told = new Set<string>()
  return (path, error) => {
    const { code, message } = error as NodeJS.ErrnoException
    const cause = code ?? message
    if (told.has(cause)) return
    told.add(cause)
    onProblem(`the log ${path} could not be written: ${message}`)
  }
}
