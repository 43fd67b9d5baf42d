import { randomBytes } from 'node:crypto'
import { simulatorSettings } from '../config/simulator.ts'
import { systemClock } from '../model/clock.ts'
import { stopSignals } from '../model/event.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { fixedRule } from '../simulator/fixed-rule.ts'
import { lastingRackOf } from '../simulator/lasting-rack.ts'
import type { Exchange, Simulator, SimulatorOptions } from '../simulator/server.ts'
import { serveRack } from '../simulator/server.ts'
import { readSimulation } from '../simulator/simulation.ts'
import { noStateFile, openStateFile, readState } from '../simulator/state-file.ts'
import type { Arguments } from './command-line.ts'

/** `rackbench simulator`: serves until a signal ends it. */
export async function simulator({ flags }: Arguments): Promise<number> {
  const { host, port, simulation: content, token, state: file, isVerbose } = await simulatorSettings(flags, process.cwd())
  const simulation = content === undefined ? fixedRule : readSimulation(content)
  const past = file === undefined ? undefined : await readState(file)
  // A rack that has forgotten its operations must not take a new one for an old one of the same number.
  const birth = randomBytes(3).toString('hex')
  const stdout = guardStream(process.stdout)
  const stderr = guardStream(process.stderr)
  const complain = (problem: string): void => stderr.write(`rackbench: ${problem}\n`)
  const rack = lastingRackOf({ simulation, now: systemClock.now, mint: (number) => `op-${number}-${birth}`, past, onChange: () => state.changed() })
  const state = file === undefined ? noStateFile : openStateFile(file, rack.record, complain)
  const ended = signalled()
  const serving = await listen({ rack, faults: simulation.faults, state, token, host, port, clock: systemClock, ...(isVerbose && { onExchange: (exchange) => stdout.write(lineOf(exchange)) }) })
  if (token === undefined && !['127.0.0.1', '::1', 'localhost'].includes(host)) complain(`whoever reaches ${host} may use this rack: --token keeps others out`)
  stdout.write(`the simulated rack listens on ${serving.url}\n`)
  await ended
  await serving.close()
  return exitCodes.passed
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.once(signal, () => resolve())
  })
}

async function listen(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await serveRack(options)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const reasons: Readonly<Record<string, string>> = { EADDRINUSE: 'somebody else listens there', EACCES: 'permission denied', EADDRNOTAVAIL: 'this machine has no such address', ENOTFOUND: 'there is no such host' }
    throw new UsageError([`cannot listen on port ${options.port} of ${options.host}: ${reasons[code] ?? message}`])
  }
}

/** What was asked, and what came of it. */
function lineOf({ method, path, headers, answer, fault }: Exchange): string {
  const key = headers['idempotency-key']
  const came = [answer?.status, fault].filter((part) => part !== undefined).join(' ')
  return `${new Date(systemClock.now()).toISOString()} ${method} ${path}${key === undefined ? '' : ` (${String(key)})`}: ${came}\n`
}
