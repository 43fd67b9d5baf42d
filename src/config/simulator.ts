import { resolve } from 'node:path'
import { UsageError } from '../model/problem.ts'
import type { Settings } from './kind.ts'
import { path, text, wholeNumber } from './kind.ts'
import { readSimulation } from './provisioner.ts'
import type { Flags } from './settings.ts'
import { oneLine, refusal } from './wording.ts'

/** All that `rackbench simulator` is told. */
export interface SimulatorSettings {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** What the simulation file holds; without one, every server exists and behaves by a fixed rule of its ID. */
  readonly simulation: Settings | undefined
  readonly token: string | undefined
  /** Absolute. */
  readonly state: string | undefined
  readonly isVerbose: boolean
}

const host = (given: unknown): ReturnType<typeof text> => (typeof given === 'string' && /^[A-Za-z0-9.:_-]{1,253}$/.test(given) ? { value: given } : { expected: 'a host name or an address' })
const token = (given: unknown): ReturnType<typeof text> => (typeof given === 'string' && /^[\x21-\x7e]{1,1000}$/.test(given) ? { value: given } : { expected: 'a token without blanks' })
const kinds = { port: wholeNumber(0, 65_535), host, simulation: path, token, state: path } as const

/**
 * Reads the flags of `rackbench simulator`.
 *
 * @throws UsageError with every problem of all of them.
 */
export async function simulatorSettings(flags: Flags, cwd: string): Promise<SimulatorSettings> {
  const problems: string[] = []
  const tell = (problem: string): void => void problems.push(oneLine(problem))
  const read = Object.fromEntries(
    Object.entries(kinds).flatMap(([name, kind]) => {
      if (flags[name] === undefined) return []
      const reading = kind(flags[name])
      if ('value' in reading) return [[name, reading.value]]
      tell(name === 'token' ? `--token: expected ${reading.expected}` : refusal(`--${name}`, reading.expected, flags[name]))
      return []
    }),
  ) as { port?: number; host?: string; simulation?: string; token?: string; state?: string }
  if (flags['port'] === undefined) tell('--port: which port is it to listen on? 0 takes any that is free')
  const simulation = read.simulation === undefined ? undefined : await readSimulation(read.simulation, { label: '--simulation', folder: cwd }, tell)
  if (problems.length > 0) throw new UsageError(problems)
  return {
    host: read.host ?? '127.0.0.1',
    port: read.port ?? 0,
    simulation,
    token: read.token,
    state: read.state === undefined ? undefined : resolve(cwd, read.state),
    isVerbose: flags['verbose'] === true,
  }
}
