import type { Bench } from './bench.ts'
import { command } from './command.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { http } from './http.ts'
import { inventory } from './inventory.ts'
import { ironic } from './ironic.ts'
import { makespan } from './makespan.ts'
import { memory } from './memory.ts'
import { ports } from './ports.ts'
import { reports } from './reports.ts'
import { seed } from './seed.ts'

/** All benches, in the order in which they run and are shown. */
export const benches: readonly Bench[] = [makespan, seed, command, http, ironic, inventory, memory, ports, history, reports, help]
