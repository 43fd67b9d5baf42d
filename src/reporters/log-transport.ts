import winston from 'winston'
import type { LogLevel } from '../model/provisioner.ts'
import type { LogEntry } from './log-line.ts'

// What winston's code calls Transport, its types call transport.
const { Transport } = winston as unknown as { Transport: new (options: winston.transport.TransportStreamOptions) => winston.transport }

const message = Symbol.for('message')

/** What winston hands around: an entry, and how it is written. */
interface Info extends LogEntry {
  [message]: string
}

/**
 * A logger whose lines go where its transport says, before `log` returns. Its class and not `winston.createLogger`, which
 * makes a class for each logger: seven times as slow, and a run has a logger for each server.
 */
export function createLogger(level: LogLevel, format: winston.Logform.Format, transport: winston.transport): winston.Logger {
  return new winston.Logger({ level, levels: winston.config.npm.levels, format, transports: [transport] })
}

/** Hands each line on and never waits: who takes it has to bound what waits. */
export function createTransport(to: (line: string, entry: LogEntry) => void): winston.transport {
  return new Transport({
    log(info: Info, next: () => void) {
      to(info[message], info)
      next()
    },
  })
}

/** Winston's view of how an entry is written. */
export function formatAs(render: (entry: LogEntry) => string): winston.Logform.Format {
  return winston.format((info) => Object.assign(info, { [message]: render(info as unknown as LogEntry) }))()
}

/** Resolves when the logger has handed on all of its lines. It may not be written to any more: winston would crash the process. */
export function endLogger(logger: winston.Logger): Promise<void> {
  return new Promise((resolve) => void logger.once('finish', resolve).end())
}
