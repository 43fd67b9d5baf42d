import { text } from 'node:stream/consumers'
import type { Invocation } from '../config/gather.ts'
import { systemClock } from '../model/clock.ts'
import { problemsOfSimulation } from '../provisioners/open.ts'
import type { Arguments } from './command-line.ts'

/** What this process was told, as `config` reads it. */
export function invocationOf({ flags, words, problems }: Arguments): Invocation {
  const { env } = process
  return {
    servers: words,
    flags,
    env,
    cwd: process.cwd(),
    readStdin: () => text(process.stdin),
    problems,
    checkProvisioner: (provisioner) => problemsOfSimulation(provisioner, { clock: systemClock, env }),
  }
}
