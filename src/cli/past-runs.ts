import { readResults } from '../config/earlier-results.ts'
import { oneLine } from '../config/wording.ts'
import { UsageError } from '../model/problem.ts'
import type { Results } from '../model/results.ts'

/** The results of a past run, and what the user calls them. */
export interface PastRun {
  readonly path: string
  readonly results: Results
}

/**
 * Reads past runs one after the other, so that never more than one of them is held.
 *
 * @param label What problems are told after; empty where the path alone says it.
 * @throws UsageError after the last one, with one line for each that cannot be read.
 */
export async function* readPastRuns(paths: readonly string[], label = ''): AsyncGenerator<PastRun> {
  const problems: string[] = []
  for (const path of paths) {
    const results = await readResults({ value: path, label, folder: process.cwd() }, (problem) => problems.push(oneLine(problem)))
    if (results) yield { path, results }
  }
  if (problems.length > 0) throw new UsageError(problems)
}
