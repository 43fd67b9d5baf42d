import { oneOf } from '../../config/kind.ts'
import { readRules } from '../../config/rules-file.ts'
import { oneLine, refusal } from '../../config/wording.ts'
import { exitCodes } from '../../model/exit-code.ts'
import { askedOfPast } from '../../model/own-past.ts'
import { UsageError } from '../../model/problem.ts'
import type { TriedRun } from '../../model/trial.ts'
import { openMatcher, totalsOf, tryOn } from '../../model/trial.ts'
import { guardStream } from '../../reporters/console-stream.ts'
import { askPast } from '../ask-past.ts'
import type { Arguments } from '../command-line.ts'
import { whichStore } from '../history/which-store.ts'
import { formats } from '../options/answer.ts'
import { readPastRuns } from '../past-runs.ts'
import { trialLines } from './trial-lines.ts'
import { unusedOptions } from './unused-options.ts'

/** `rackbench thresholds try RULES --on results.json...` Touches nothing. */
export async function tryRules(args: Arguments): Promise<number> {
  const { flags, lists, words: [file, ...more] } = args
  const { format = 'table' } = flags
  const readFormat = oneOf(formats.thresholds)(format)
  // A pattern of the shell stands for several words.
  const paths = [...(lists['on'] ?? []), ...more]
  const problems = unusedOptions('try', args, ['label', 'threshold', 'provisioner', 'simulation', 'config', 'answer-within'])
  if ('expected' in readFormat) problems.push(refusal('--format', readFormat.expected, format))
  if (file === undefined) problems.push('thresholds try: which rules? `rackbench thresholds try new.yaml --on rackbench-out`, say')
  if (lists['on'] === undefined) problems.push('thresholds try: on which runs? --on results.json, or --on and a run directory')
  const rules = file === undefined ? undefined : await readRules(file, process.cwd(), (problem) => problems.push(oneLine(problem)))
  if (rules === undefined || problems.length > 0) throw new UsageError(problems)

  const matcher = openMatcher(rules)
  const runs: TriedRun[] = []
  const notes = new Set<string>()
  const history = askedOfPast(rules).length === 0 ? undefined : await whichStore(flags)
  for await (const { path, results } of readPastRuns(paths, '--on')) {
    const { run: { os, startedAt: before }, servers } = results
    const past = history === undefined ? undefined : await askPast({ history, thresholds: rules, servers, os, before }, (note) => notes.add(note))
    runs.push(tryOn({ path, ...results, ...(past && { past }) }, matcher))
  }
  const stderr = guardStream(process.stderr)
  for (const note of notes) stderr.write(`rackbench: ${oneLine(note)}\n`)
  const stdout = guardStream(process.stdout)
  if (format === 'json') stdout.write(`${JSON.stringify({ totals: totalsOf(runs), runs }, undefined, 2)}\n`)
  else for (const line of trialLines(runs, rules)) stdout.write(`${oneLine(line)}\n`)
  return exitCodes.passed
}
