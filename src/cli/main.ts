#!/usr/bin/env node
import { descriptorLimit, tooFewDescriptors } from '../clients/descriptors.ts'
import { exitCodes } from '../model/exit-code.ts'
import { IncompleteError, UsageError } from '../model/problem.ts'
import type { Command } from './command-line.ts'
import type { CommandName } from './declared.ts'
import { ownVersion } from './own-version.ts'

/** Each command loads what it needs, when it is called. */
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  resume: async () => (await import('./resume.ts')).resume,
  report: async () => (await import('./report.ts')).report,
  destroy: async () => (await import('./settle.ts')).destroy,
  mark: async () => (await import('./settle.ts')).mark,
  'mark-fixed': async () => (await import('./mark-fixed.ts')).markFixed,
  doctor: async () => (await import('./doctor.ts')).doctor,
  servers: async () => (await import('./servers.ts')).servers,
  inventory: async () => (await import('./inventory.ts')).inventory,
  ports: async () => (await import('./ports.ts')).ports,
  thresholds: async () => (await import('./thresholds.ts')).thresholds,
  baseline: async () => (await import('./baseline.ts')).baseline,
  history: async () => (await import('./history.ts')).history,
  compare: async () => (await import('./compare.ts')).compare,
  simulator: async () => (await import('./simulator.ts')).simulator,
  config: async () => (await import('./config.ts')).config,
  completion: async () => (await import('./completion-script.ts')).completion,
}

const descriptors = descriptorLimit()

async function main(): Promise<number> {
  const [first, ...typed] = process.argv.slice(2)
  if (first === '--get-yargs-completions') return (await import('./completion.ts')).printCandidates(typed)
  // With too few file descriptors that fails, which can be told once this file has been loaded.
  const [{ overviewFor }, { commandLine }] = await Promise.all([import('./overview.ts'), import('./command-line.ts')])
  const overview = overviewFor(process.argv.slice(2))
  if (overview !== undefined) {
    process.stdout.write(overview)
    return exitCodes.passed
  }
  let exitCode: number = exitCodes.passed
  const parser = await commandLine(process.argv.slice(2), {
    version: ownVersion(),
    async carryOut(name, args) {
      const command = await commands[name]()
      exitCode = await command(args)
    },
    suggest: async (word, known) => (await import('../config/nearest.ts')).suggestion(word, known),
  })
  await parser.parseAsync()
  return exitCode
}

/** What is wrong is told on stderr, one line a problem; a stack trace only where rackbench itself is at fault. */
function tell(error: unknown): number {
  if (error instanceof UsageError || error instanceof IncompleteError) {
    process.stderr.write(error.problems.map((problem) => `rackbench: ${problem}\n`).join(''))
    return error instanceof UsageError ? exitCodes.usage : error.exitCode
  }
  const defect = (): string => `a defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  process.stderr.write(`rackbench: ${tooFewDescriptors(error, descriptors) ?? defect()}\n`)
  return exitCodes.incomplete
}

// A module may throw in a timer before the run begins, leave nothing to wait for, or end the process: none of this may look like a verdict.
const unsettledAwait = 13
const misleading: ReadonlySet<number> = new Set([exitCodes.passed, exitCodes.failed, unsettledAwait])
let isOver = false
process.once('exit', (code) => {
  if (isOver || !misleading.has(code)) return
  process.stderr.write('rackbench: the process ended before its work did: a fault of the provisioner, or of rackbench\n')
  process.exitCode = exitCodes.incomplete
})
const exitCode = await main().catch(tell)
isOver = true
// What a module leaves open must not keep the process alive: the run has ended.
process.exit(exitCode)
