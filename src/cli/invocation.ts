import { text } from 'node:stream/consumers'
import { lookAtBenchmark } from '../benchmarks/open.ts'
import type { NamedBenchmark } from '../config/benchmark.ts'
import type { Invocation, Looked } from '../config/gather.ts'
import type { NamedInventory } from '../config/inventory.ts'
import { suggestion } from '../config/nearest.ts'
import { resolveSecrets } from '../config/secrets.ts'
import { problemsOfInventory } from '../inventory/open.ts'
import { systemClock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import { problemsOfSettings } from '../provisioners/open.ts'
import { createCleaner } from '../run/clean.ts'
import type { Arguments } from './command-line.ts'

/** What this process was told, as `config` reads it. */
export function invocationOf({ flags, lists = {}, words, problems }: Omit<Arguments, 'lists'> & Partial<Pick<Arguments, 'lists'>>): Invocation {
  const { env } = process
  return {
    servers: words,
    flags: { ...flags, ...joined(lists) },
    env,
    cwd: process.cwd(),
    readStdin: () => text(process.stdin),
    problems,
    checkProvisioner: (provisioner) => problemsOf(provisioner, env),
    lookAtBenchmark: (benchmark) => lookAt(benchmark, env),
    checkInventory: (inventory) => problemsIn(inventory, env),
  }
}

/** What was given several times, as one text: its kind takes it apart again. */
function joined(lists: Arguments['lists']): Invocation['flags'] {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.join('\n')]))
}

/** Told together with all other problems. Of a secret that is not there, `config` tells; what it would stand in cannot be looked at. */
async function problemsOf({ type, settings: written }: Plan['provisioner'], env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  const world = { clock: systemClock, env }
  try {
    const { settings: { provisioner: settings }, secrets } = resolveSecrets({ provisioner: written }, env)
    const clean = createCleaner(secrets)
    return (await problemsOfSettings({ type, settings }, world)).map((problem) => clean.line(problem))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return type === 'simulated' ? problemsOfSettings({ type, settings: written }, world) : []
  }
}

/** The same of a benchmark. What is known of its metrics is written, and holds no secret. */
async function lookAt({ type, settings: written }: NamedBenchmark, env: Readonly<Record<string, string | undefined>>): Promise<Looked> {
  try {
    const { settings: { benchmark: settings }, secrets } = resolveSecrets({ benchmark: written }, env)
    const { line } = createCleaner(secrets)
    const { problems, metrics } = await lookAtBenchmark({ type, settings })
    const cleaned = Object.entries(metrics).map(([name, { unit, ...kind }]) => [line(name), { ...kind, ...(unit !== undefined && { unit: line(unit) }) }])
    return { problems: problems.map((problem) => line(problem)), metrics: Object.fromEntries(cleaned) }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { problems: [], metrics: {} }
  }
}

/** The same of an inventory. */
async function problemsIn({ type, settings: written }: NamedInventory, env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  try {
    const { settings: { inventory: settings }, secrets } = resolveSecrets({ inventory: written }, env)
    const { line } = createCleaner(secrets)
    return (await problemsOfInventory({ type, settings }, { clock: systemClock, env, suggest: suggestion })).map((problem) => line(problem))
  } catch (error) {
    if (error instanceof UsageError) return []
    throw error
  }
}
