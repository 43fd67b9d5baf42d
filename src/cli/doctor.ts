import { readFile, realpath } from 'node:fs/promises'
import { arch, platform, release } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Configured } from '../config/configure.ts'
import { configure } from '../config/configure.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { createCleaner } from '../run/clean.ts'
import { standingOf } from '../run/standing.ts'
import { shownDirectory } from './again.ts'
import { askingOf } from './asking.ts'
import { closeBoth } from './closing.ts'
import type { Arguments } from './command-line.ts'
import { checkBenchmark } from './doctor/benchmark.ts'
import type { Moment } from './doctor/clock.ts'
import { checkClock } from './doctor/clock.ts'
import type { Settled } from './doctor/configuration.ts'
import { checkConfiguration } from './doctor/configuration.ts'
import { checkDescriptors } from './doctor/descriptors.ts'
import { tryDisk } from './doctor/disk.ts'
import type { Finding } from './doctor/finding.ts'
import { cleaned, linesOf } from './doctor/finding.ts'
import { hearDates } from './doctor/heard-date.ts'
import { checkInventory, inventoryNotOpened } from './doctor/inventory.ts'
import { checkJenkins } from './doctor/jenkins.ts'
import { checkProvisioner, notKnown, notOpened, strayFaults } from './doctor/provisioner.ts'
import { checkRunDirectory } from './doctor/run-directory.ts'
import { checkVersions } from './doctor/versions.ts'
import { invocationOf } from './invocation.ts'
import { openConfiguredInventory } from './open-inventory.ts'
import type { OpenedToMeasure } from './open.ts'
import { openToMeasure } from './open.ts'
import { ownVersion } from './own-version.ts'
import type { Patience } from './patience.ts'
import { startPatience } from './patience.ts'
import { formats } from './options/answer.ts'

/** `rackbench doctor`: what would keep a run from being carried out here. Touches no server, and leaves nothing behind. */
export async function doctor(args: Arguments): Promise<number> {
  const { format, limitMs } = askingOf(args.flags, formats.doctor)
  const stdout = guardStream(process.stdout)
  const found: Finding[] = []
  for await (const finding of examine(args, limitMs)) {
    found.push(finding)
    if (format === 'text') for (const line of linesOf(finding)) stdout.write(`${line}\n`)
  }
  if (format === 'json') stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  return found.some(({ status }) => status === 'fail') ? exitCodes.incomplete : exitCodes.passed
}

/** One check after the other: each is told as soon as it is known. */
async function* examine(args: Arguments, limitMs: number): AsyncGenerator<Finding> {
  // Before all that may take its time, or end the process.
  yield* checkVersions({ rackbench: ownVersion(), node: process.versions.node, system: platform(), release: release(), arch: arch() })
  const began = moment()
  const heardDates = hearDates(systemClock.now)
  const settled = await settle(args)
  const adapters = await examineAdapters(settled, limitMs)
  const inventory = settled.is === 'settled' ? await examineInventory(settled.configured, limitMs) : nothing
  const clean = createCleaner([...adapters.secrets, ...inventory.secrets])
  const checks = [
    () => checkConfiguration(settled),
    () => adapters.findings,
    () => inventory.findings,
    () => checkClock({ began, ended: moment(), heard: heardDates() }),
    () => examineDescriptors(settled),
    () => examineDirectory(settled),
    () => examineJenkins(settled),
  ]
  for (const check of checks) for (const finding of await check()) yield cleaned(finding, clean)
}

function moment(): Moment {
  return { now: systemClock.now(), elapsed: systemClock.elapsed() }
}

async function settle(args: Arguments): Promise<Settled> {
  try {
    return { is: 'settled', configured: await configure({ ...invocationOf(args), mayLackServers: true }) }
  } catch (error) {
    if (error instanceof UsageError) return { is: 'refused', problems: error.problems }
    throw error
  }
}

interface Examined {
  readonly secrets: readonly string[]
  readonly findings: readonly Finding[]
}

async function examineAdapters(settled: Settled, limitMs: number): Promise<Examined> {
  if (settled.is === 'refused') return { secrets: [], findings: [notKnown] }
  const { plan, out } = settled.configured
  const opened = await tryToOpen(plan, out, limitMs)
  if ('problems' in opened) return { secrets: [], findings: notOpened(opened.problems) }
  const { provisioner, benchmark, secrets, takeFaults } = opened
  const patience = (): Patience => startPatience({ limitMs, clock: systemClock })
  const found = [await checkProvisioner(provisioner, patience()), ...(plan.benchmark ? [await checkBenchmark(benchmark, patience())] : [])]
  const faults: string[] = []
  await closeBoth(provisioner, benchmark, systemClock, (problem) => faults.push(problem))
  return { secrets, findings: [...found, ...strayFaults([...takeFaults(), ...faults])] }
}

const nothing: Examined = { secrets: [], findings: [] }

/** To be read takes an inventory many answers. */
const answersOfReading = 10

/** Reads the inventory, if there is one, as if nothing were kept of it. */
async function examineInventory({ inventory: named, plan: { provisioner } }: Configured, limitMs: number): Promise<Examined> {
  if (!named) return nothing
  const { type, settings } = named
  const opened = await refusable(openConfiguredInventory({ inventory: { type, settings }, provisioner }, { env: process.env, limitMs }))
  if ('problems' in opened) return { secrets: [], findings: inventoryNotOpened(opened.problems) }
  const { inventory, secrets, takeFaults } = opened
  const found = await checkInventory(inventory, startPatience({ limitMs: limitMs * answersOfReading, clock: systemClock }))
  await inventory.close?.()
  return { secrets, findings: [found, ...strayFaults(takeFaults())] }
}

async function tryToOpen(plan: Plan, directory: string, limitMs: number): Promise<OpenedToMeasure | { readonly problems: readonly string[] }> {
  return refusable(openToMeasure(plan, { env: process.env, directory, limitMs }))
}

async function refusable<T>(opening: Promise<T>): Promise<T | { readonly problems: readonly string[] }> {
  try {
    return await opening
  } catch (error) {
    if (error instanceof UsageError) return { problems: error.problems }
    throw error
  }
}

const usualConcurrency = 15

async function examineDescriptors(settled: Settled): Promise<Finding[]> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => undefined)
  const plan = settled.is === 'settled' ? settled.configured.plan : undefined
  return [checkDescriptors({ limits, provisioner: plan?.provisioner.type, benchmark: plan?.benchmark?.type, concurrency: plan?.concurrency ?? usualConcurrency })]
}

async function examineDirectory(settled: Settled): Promise<Finding[]> {
  if (settled.is === 'refused') return []
  const { out, replace, force, plan } = settled.configured
  const disk = await tryDisk(out)
  return checkRunDirectory({ shown: shownDirectory(out, process.cwd()), disk, standing: await standingOf(out), replace, force, servers: plan.servers.length })
}

async function examineJenkins(settled: Settled): Promise<Finding[]> {
  const { env } = process
  const configured = settled.is === 'settled' ? settled.configured : undefined
  const { WORKSPACE: workspace = '' } = env
  return checkJenkins({
    env,
    cwd: await withoutLinks(process.cwd()),
    out: configured && (await withoutLinks(configured.out)),
    workspace: workspace === '' ? undefined : await withoutLinks(workspace),
    attaches: configured !== undefined && configured.plan.attach !== 'none',
  })
}

/** A path with its links resolved, as far as it is there. */
async function withoutLinks(path: string): Promise<string> {
  const above = dirname(path)
  return realpath(path).catch(async () => (above === path ? path : join(await withoutLinks(above), basename(path))))
}
