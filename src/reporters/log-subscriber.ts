import type { Subscriber } from '../model/event.ts'
import type { RunState } from '../model/run-state.ts'
import { eventLines } from './event-lines.ts'
import type { RunLogs } from './logs.ts'

/**
 * Writes what happens into the logs: what happens to a server into the log that is open for it.
 *
 * @param directory The run directory, if there is one, as people are to see it.
 */
export function logSubscriber(logs: Pick<RunLogs, 'run' | 'of'>, place: { readonly directory?: string }): Subscriber<RunState> {
  return (event, run) => {
    for (const { level, server, step, message } of eventLines(event, run, place)) {
      if (server === undefined) logs.run(level, message)
      else logs.of(server).write(level, step, message)
    }
  }
}
