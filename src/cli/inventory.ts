import { counted } from '../config/wording.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes, signalCodes } from '../model/exit-code.ts'
import { inOneLine } from '../model/escape.ts'
import type { Unreadable } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { Asked } from './asked-inventory.ts'
import { settleAsked } from './asked-inventory.ts'
import type { Arguments } from './command-line.ts'
import { inventoryLines } from './inventory-lines.ts'
import type { FoundInventory } from './read-inventory.ts'
import { readConfiguredInventory } from './read-inventory.ts'
import { stoppable } from './stoppable.ts'
import { writeLines } from './write-lines.ts'

type Say = (line: string) => void

/** `rackbench inventory`: what the inventory has. Touches no server. */
export async function inventory(args: Arguments): Promise<number> {
  const asked = await settleAsked(args)
  const stderr = guardStream(process.stderr)
  const say: Say = (line) => stderr.write(`rackbench: ${line}\n`)
  for (const note of asked.notes) say(note)
  const reading = await stoppable((signal) => readConfiguredInventory(asked.servers, { env: process.env, clock: systemClock, signal, say }), { process, clock: systemClock })
  if (reading.is === 'stopped') {
    say(`stopped by ${reading.by} before the inventory was read`)
    return signalCodes[reading.by]
  }
  const found = reading.value
  if (found.is === 'not read') {
    say(found.problem)
    return exitCodes.incomplete
  }
  for (const note of found.notes) say(note)
  tellUnreadable(found.unreadable, say)
  return print(found, asked, say)
}

async function print({ servers, total, unreadable, none }: FoundInventory, { format, limit, allowPartial }: Asked, say: Say): Promise<number> {
  if (none !== undefined) {
    say(none)
    return exitCodes.incomplete
  }
  try {
    const lines = inventoryLines[format](servers.slice(0, limit), process.stdout.columns ?? widthOfNoTerminal)
    await writeLines(lines, process.stdout)
  } catch (error) {
    if (error instanceof UsageError) throw error
    say(`the inventory could not be written: ${inOneLine((error as Error).message)}`)
    return exitCodes.incomplete
  }
  if (unreadable.length === 0) return exitCodes.passed
  say(`${unreadable.length} of ${counted(total + unreadable.length, 'server')} could not be read${allowPartial ? '' : ': this is exit code 1; --allow-partial makes it 0'}`)
  return allowPartial ? exitCodes.passed : exitCodes.failed
}

const widthOfNoTerminal = 160

/** More than these are told by their number. */
const mostTold = 1000

function tellUnreadable(unreadable: readonly Unreadable[], say: Say): void {
  for (const { id, problem } of unreadable.slice(0, mostTold)) say(`${id}: could not be read: ${problem}`)
  if (unreadable.length > mostTold) say(`and ${unreadable.length - mostTold} more that could not be read`)
}
