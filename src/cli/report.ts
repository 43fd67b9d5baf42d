import { resolve } from 'node:path'
import { readFlags } from '../config/settings.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import type { RunState } from '../model/run-state.ts'
import { finalNames } from '../reporters/final-reports.ts'
import type { Place } from '../reporters/junit-case.ts'
import { reportNames } from '../reporters/report-render.ts'
import { writeReports } from '../reporters/report-files.ts'
import { claimEarlier } from '../run/directory.ts'
import { removeHtml } from '../run/html-folder.ts'
import { shownDirectory } from './again.ts'
import type { Arguments } from './command-line.ts'
import { presentation, releasedOnError } from './earlier.ts'
import { boundMemory } from './large-fleet.ts'
import { mergeDirectories } from './merge-reports.ts'
import { pastOfRun } from './past-of-run.ts'

/** `rackbench report DIR`, and `rackbench report DIR... --out DIR` */
export async function report({ flags, words }: Arguments): Promise<number> {
  const { force } = presentation(flags)
  const { out, history } = pathsOf(flags)
  if (out !== undefined) {
    const { state, runDirectoryOf } = await mergeDirectories(words, out)
    return writeAll(withHistory(state, history), { directory: out, cwd: process.cwd(), runDirectoryOf })
  }
  if (words.length > 1) throw new UsageError([`report: ${words.length} run directories are merged into another one: say where, with --out merged`])
  const directory = resolve(words[0]!)
  const { fold, lock } = await claimEarlier(directory, { force, now: systemClock.now() })
  return releasedOnError(lock, async () => {
    boundMemory(fold.state.plan.servers.length)
    const exitCode = await writeAll(withHistory(fold.state, history), { directory, cwd: process.cwd() })
    await lock.release()
    return exitCode
  })
}

interface Paths {
  readonly out: string | undefined
  readonly history: string | undefined
}

function pathsOf(flags: Arguments['flags']): Paths {
  const problems: string[] = []
  const { out, history } = readFlags(flags, process.cwd(), (problem) => problems.push(problem), ['out', 'history'])
  if (problems.length > 0) throw new UsageError(problems)
  return { out: out && resolve(out.folder, out.value), history: history && resolve(history.folder, history.value) }
}

function withHistory(state: RunState, history: string | undefined): RunState {
  return history === undefined ? state : { ...state, plan: { ...state.plan, history } }
}

/** Writes all reports, and tells which there are and which could not be written. */
async function writeAll(state: RunState, place: Place): Promise<number> {
  const failed = new Map<string, string>()
  const tell = (line: string): void => void process.stderr.write(`rackbench: ${line}\n`)
  const past = pastOfRun({ clock: systemClock, onProblem: tell, onNote: tell })
  const onProblem = (file: string, error: unknown): void => void failed.set(file, error instanceof Error ? error.message : 'for an unknown reason')
  await writeReports(state, { ...place, past: past.read, clearHtml: () => removeHtml(place.directory, [...state.servers.keys()]), onProblem })
  const shown = shownDirectory(place.directory, place.cwd)
  for (const name of [...reportNames, ...finalNames]) if (!failed.has(name.split('/')[0]!)) process.stdout.write(`${shown}/${name}\n`)
  for (const [name, error] of failed) process.stderr.write(`rackbench: ${shown}/${name} could not be written: ${error}\n`)
  return failed.size > 0 ? exitCodes.incomplete : exitCodes.passed
}
