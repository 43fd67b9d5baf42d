import type { Clock } from '../model/clock.ts'
import type { ServerLog } from '../model/log.ts'
import type { LogLevel } from '../model/provisioner.ts'
import { logLevels } from '../model/provisioner.ts'
import type { ServerId } from '../model/server.ts'
import type { LogEntry, LogFormat } from './log-line.ts'
import { consoleLine, fileLine } from './log-line.ts'
import { createTail } from './log-tail.ts'
import type { ConsoleSink, RunLogs } from './logs.ts'

interface LineLogsOptions {
  readonly level: LogLevel
  readonly format: LogFormat
  readonly console: Pick<ConsoleSink, 'line'>
  readonly clock: Pick<Clock, 'now'>
}

/** Logs that are in no file: each line is shown and gone, but for the last ones of servers under way. What comes late is dropped. */
export function openLineLogs({ level: least, format, console, clock }: LineLogsOptions): RunLogs {
  const logs = new Map<ServerId, ServerLog>()

  function show(entry: Omit<LogEntry, 'at'>): LogEntry | undefined {
    if (logLevels.indexOf(entry.level) > logLevels.indexOf(least)) return undefined
    const line = { at: clock.now(), ...entry }
    console.line(consoleLine(line, format), line.level)
    return line
  }

  function open(server: ServerId, worker: string): ServerLog {
    const tail = createTail([])
    const log: ServerLog = {
      write(level, step, message) {
        const entry = logs.get(server) === log ? show({ level, server, worker, step, message }) : undefined
        if (entry) tail.add(fileLine(entry, format))
      },
      tail: tail.lines,
      async close() {
        if (logs.get(server) === log) logs.delete(server)
      },
    }
    logs.set(server, log)
    return log
  }

  return {
    open,
    of: (server) => logs.get(server) ?? { write: (level, step, message) => void show({ level, server, step, message }) },
    run: (level, message) => void show({ level, message }),
    late() {},
    async close() {
      logs.clear()
    },
  }
}
