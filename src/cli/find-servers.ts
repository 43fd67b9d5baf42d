import type { Invocation } from '../config/gather.ts'
import { systemClock } from '../model/clock.ts'
import { signalCodes } from '../model/exit-code.ts'
import { IncompleteError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { readConfiguredInventory } from './read-inventory.ts'
import { selectServers, whyNone } from './select-servers.ts'
import { stoppable } from './stoppable.ts'

/** Reads the configured inventory for a run. A signal ends the process as it would end the run: nothing has begun. */
export const findServers: NonNullable<Invocation['readInventory']> = async ({ conditions, ...asked }) => {
  const stderr = guardStream(process.stderr)
  const say = (line: string): void => stderr.write(`rackbench: ${line}\n`)
  const reading = await stoppable((signal) => readConfiguredInventory({ ...asked, conditions: [] }, { env: process.env, clock: systemClock, signal, say }), { process, clock: systemClock })
  if (reading.is === 'stopped') throw new IncompleteError([`stopped by ${reading.by} before the inventory was read: nothing has begun`], signalCodes[reading.by])
  const found = reading.value
  if (found.is === 'not read') throw new IncompleteError([`${found.problem}; no server was touched`])
  const { servers, unreadable, notes } = found
  return {
    servers,
    unreadable,
    notes,
    select: (given) => selectServers(given, conditions),
    whyNone: (given) => whyNone({ servers: given, unreadable: unreadable.length }, conditions),
  }
}
