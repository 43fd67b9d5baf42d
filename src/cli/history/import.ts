import { resolve } from 'node:path'
import { readResults } from '../../config/earlier-results.ts'
import { counted, oneLine, quote } from '../../config/wording.ts'
import { openStore } from '../../history/store.ts'
import { exitCodes } from '../../model/exit-code.ts'
import { isMerged } from '../../model/merged-run.ts'
import { pastRunOf } from '../../model/past-run.ts'
import { UsageError } from '../../model/problem.ts'
import type { Results } from '../../model/results.ts'
import { said } from '../../model/said.ts'
import { guardStream } from '../../reporters/console-stream.ts'
import type { Arguments } from '../command-line.ts'
import { whichStore } from './which-store.ts'

/** `rackbench history import results.json|DIR...`: what cannot be read is told, and so is what is not to be imported; all else is. */
export async function importRuns({ flags, lists, words }: Arguments): Promise<number> {
  const unused = ['since', 'last', 'format', 'where', 'metric'].filter((name) => flags[name] !== undefined || lists[name] !== undefined)
  const problems = unused.map((name) => `history import takes no --${name}`)
  if (words.length === 0) problems.push('history import: what? `rackbench history import builds/*/results.json`, say')
  if (problems.length > 0) throw new UsageError(problems)
  const store = openStore(await whichStore(flags))
  const stderr = guardStream(process.stderr)
  const count = { added: 0, 'there already': 0 }
  let unreadable = 0
  let merged = 0
  const say = (line: string): void => stderr.write(`rackbench: ${oneLine(line)}\n`)
  const tell = (problem: string): void => {
    unreadable++
    say(problem)
  }
  for (const path of words) {
    const results = await readResults({ value: path, label: '', folder: process.cwd() }, tell)
    const why = results && whyNot(results)
    if (why !== undefined) tell(`${path}: ${why}`)
    else if (results && isMerged(results.run.id)) {
      merged++
      say(`${path}: lays several runs together (${quote(results.run.id)}): import those, each by its own results.json`)
    } else if (results) {
      try {
        count[await store.add(pastRunOf(results))]++
      } catch (error) {
        say(`${resolve(path)} could not be added to ${store.path}: ${said(error)}`)
        return exitCodes.incomplete
      }
    }
  }
  const ofOthers = `${merged === 0 ? '' : `, ${merged} not taken`}${unreadable === 0 ? '' : `, ${unreadable} could not be read`}`
  guardStream(process.stdout).write(`${counted(count.added, 'run')} added to ${store.path}, ${count['there already']} there already${ofOthers}\n`)
  return unreadable === 0 ? exitCodes.passed : exitCodes.failed
}

/** Why a run cannot be kept; its times are part of its name. */
function whyNot({ run: { startedAt, finishedAt } }: Results): string | undefined {
  const wrong = [startedAt, ...(finishedAt === null ? [] : [finishedAt])].find((time) => !/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(time) || Number.isNaN(Date.parse(time)))
  return wrong === undefined ? undefined : `its run has no time: ${JSON.stringify(wrong.slice(0, 40))}`
}
