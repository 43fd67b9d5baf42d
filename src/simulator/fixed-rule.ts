import type { ServerId } from '../model/server.ts'
import { hashOf } from './chance.ts'
import { noFaults } from './fault-rules.ts'
import type { Script, Simulation } from './simulation.ts'

const troubles = ['PXE boot timed out', 'no DHCP lease', 'no disk found', 'image checksum mismatch'] as const

/** With this salt, of 101-136, which the demo runs, one machine fails to install and two are slow. */
const salt = 'rack-3'

/**
 * The rack that is there without a simulation file. Every machine exists, and behaves by its ID, the same each time:
 * one of 40 fails to install, one of 40 is slow, all others score 60 to 99. None takes more than a few seconds.
 */
export const fixedRule: Simulation = { scriptOf: (id) => scriptOf(id), listed: [], isOpen: true, faults: noFaults }

function scriptOf(id: ServerId): Script {
  const kind = pick(id, 'kind', 40)
  return {
    state: 'clean',
    labels: {},
    install: { takesMs: 800 + 100 * pick(id, 'install', 13), ...(kind === 0 && { fails: troubles[pick(id, 'trouble', troubles.length)] ?? troubles[0] }) },
    benchmark: { takesMs: 1000 + 100 * pick(id, 'benchmark', 16), answer: kind === 1 ? 20 + pick(id, 'score', 16) : 60 + pick(id, 'score', 40) },
    destroy: { takesMs: 300 + 100 * pick(id, 'destroy', 6) },
    markAsBroken: { takesMs: 100 },
  }
}

/** A number from 0 up to `count`, not included, that depends on nothing but its arguments. */
function pick(id: string, what: string, count: number): number {
  return hashOf(`${salt}/${what}/${id}`) % count
}
