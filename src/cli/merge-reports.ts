import { mkdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { oneLine, someOf } from '../config/wording.ts'
import type { Differences } from '../model/merged-run.ts'
import { mergeRuns } from '../model/merged-run.ts'
import { UsageError } from '../model/problem.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import { serverIdSchema } from '../model/server.ts'
import { removeHtml } from '../run/html-folder.ts'
import { journalName } from '../run/journal.ts'
import { readJournal } from '../run/journal-reader.ts'
import { boundMemory } from './large-fleet.ts'

/** Several runs as one. */
interface Merged {
  readonly state: RunState
  readonly runDirectoryOf: (id: ServerId) => string
}

/**
 * Reads the journals of run directories, and lays the runs together; makes the folder that the reports are to be in. What a reader should know
 * is told on stderr.
 *
 * @throws UsageError with a line for each directory that holds no run, or if the folder is itself a run directory.
 */
export async function mergeDirectories(words: readonly string[], out: string): Promise<Merged> {
  const named = words.map((word) => resolve(word))
  const directories = [...new Set(named)]
  const problems: string[] = []
  if (await isThere(join(out, journalName))) problems.push(`--out: ${out} is a run directory of its own: merged reports need another one`)
  const found: Found[] = []
  for (const directory of directories) {
    await readRun(directory).then((run) => found.push(run), (error: unknown) => {
      if (!(error instanceof UsageError)) throw error
      problems.push(...error.problems)
    })
  }
  const say = (text: string): void => void process.stderr.write(`rackbench: ${oneLine(text)}\n`)
  const runs = eachOnce(found, problems.length > 0 ? () => {} : say)
  const [first, ...others] = runs
  if (problems.length > 0 || !first) throw new UsageError(problems)
  const { state, from, twice, differ } = mergeRuns([first.state, ...others.map((other) => other.state)])
  boundMemory(state.plan.servers.length)
  if (directories.length < named.length) say('a run directory is named twice, and counts once')
  if (twice.length > 0) say(`in more than one of the runs, of which the newest counts: ${someOf(twice)}`)
  tellDifferences(differ, say)
  for (const run of runs) if (!run.state.finished) say(`${run.directory}: the run has not ended`)
  await makeFolder(out)
  await removeEarlier(out)
  return { state, runDirectoryOf: (id) => runs[from.get(id) ?? 0]!.directory }
}

function tellDifferences({ rules, os, provisioners }: Differences, say: (text: string) => void): void {
  if (rules) say('the runs were judged by different rules: what the reports tell of rules are those of the newest')
  if (os.length > 1) say(`the runs installed different systems (${someOf(os)}): the reports name that of the newest, ${os[0]}`)
  if (provisioners.length > 1) say(`the runs had different provisioners (${someOf(provisioners)}): the reports name that of the newest, ${provisioners[0]}`)
}

/** A run, and where it was found. */
interface Found {
  readonly directory: string
  readonly state: RunState
  /** How long its journal is: a journal only grows. */
  readonly bytes: number
}

/** Of copies of one run the one counts that goes furthest. */
function eachOnce(found: readonly Found[], say: (text: string) => void): readonly Found[] {
  const runs = new Map<string, Found>()
  for (const one of found) {
    const { run } = one.state
    const other = runs.get(run)
    const taken = other && other.bytes >= one.bytes ? other : one
    if (other) say(`${other.directory} and ${one.directory} hold the same run ${run}: it counts once, as it is in ${taken.directory}`)
    runs.set(run, taken)
  }
  return [...runs.values()]
}

async function readRun(directory: string): Promise<Found> {
  const journal = join(directory, journalName)
  const read = await readJournal(journal)
  if (read.is === 'nothing begun') throw new UsageError([`${journal}: that run had not begun, there is nothing to report`])
  return { directory, state: read.fold.state, bytes: (await stat(journal)).size }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false)
}

/** Pages of an earlier merge, of servers that are in none of these runs, must never be published again: its results.json tells whose they are. */
async function removeEarlier(out: string): Promise<void> {
  const text = await readFile(join(out, 'results.json'), 'utf8').catch(() => '')
  await removeHtml(out, idsIn(text))
}

function idsIn(text: string): ServerId[] {
  try {
    return earlierSchema.parse(JSON.parse(text)).servers.map(({ id }) => id)
  } catch {
    return []
  }
}

const earlierSchema = z.object({ servers: z.array(z.object({ id: serverIdSchema })) })

async function makeFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true })
  } catch (error) {
    throw new UsageError([`--out: cannot write to ${out}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`])
  }
}
