import winston from 'winston'
import type { LogLevel } from '../model/provisioner.ts'
import type { LogEntry } from './log-line.ts'

// What winston's code calls Transport, its types call transport.
const { Transport } = winston as unknown as { Transport: new (options: winston.transport.TransportStreamOptions) => winston.transport }

const message = Symbol.for('message')

/** What winston hands around: an entry, and how it is written. */
export interface Info extends LogEntry {
  [message]?: string
}

/** How an entry is written in one place; nothing where it is not written at all. */
export type Rendering = (entry: LogEntry) => string | undefined

/**
 * A logger whose lines go where its transports say, before `log` returns. Its class and not `winston.createLogger`, which
 * makes a class for each logger: seven times as slow, and a run has a logger for each server.
 */
export function createLogger(level: LogLevel, format: winston.Logform.Format, transports: winston.transport[]): winston.Logger {
  return new winston.Logger({ level, levels: winston.config.npm.levels, format, transports })
}

/** Hands each line on and never waits: who takes it has to bound what waits. */
export function createTransport(to: (line: string, level: LogLevel) => void, options: { readonly format?: winston.Logform.Format; readonly level?: LogLevel } = {}): winston.transport {
  return new Transport({
    ...options,
    log(info: Required<Info>, next: () => void) {
      to(info[message], info.level)
      next()
    },
  })
}

/** Winston's view of a rendering. */
export function formatAs(render: Rendering): winston.Logform.Format {
  return winston.format((info) => {
    const line = render(info as unknown as LogEntry)
    return line === undefined ? false : Object.assign(info, { [message]: line })
  })()
}

/** For lines that another logger has written already: formatting is most of what a line costs. */
export const asWritten = winston.format((info) => info)()

/** Resolves when the logger has handed on all of its lines. It may not be written to any more: winston would crash the process. */
export function endLogger(logger: winston.Logger): Promise<void> {
  return new Promise((resolve) => void logger.once('finish', resolve).end())
}
