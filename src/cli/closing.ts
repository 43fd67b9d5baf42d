import { closeAdapter } from '../library/close-adapter.ts'
import type { Clock } from '../model/clock.ts'
import type { Benchmark, Provisioner } from '../model/provisioner.ts'

/** Lets the provisioner close what it holds open, but not for ever. */
export async function closeProvisioner(provisioner: Provisioner, clock: Clock, onProblem: (problem: string) => void): Promise<void> {
  await closeAdapter('provisioner', provisioner, clock, onProblem)
}

/** Lets provisioner and benchmark close what they hold open, both at once. */
export async function closeBoth(provisioner: Provisioner, benchmark: Benchmark, clock: Clock, onProblem: (problem: string) => void): Promise<void> {
  await Promise.all([closeAdapter('benchmark', benchmark, clock, onProblem), closeProvisioner(provisioner, clock, onProblem)])
}
