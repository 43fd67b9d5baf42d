import { blames } from '../model/fault.ts'
import type { RunState } from '../model/run-state.ts'
import type { Colours } from './colour.ts'
import { count, few } from './log-words.ts'
import { singleLine } from './report-text.ts'
import { shellQuote } from '../model/shell-quote.ts'
import type { FailedServer, SortedOut } from './summary-servers.ts'

const mostFailed = 50
const mostReasons = 10
const mostIds = 20
const fewIds = 5
const longestReason = 300
const widestId = 24

export function failedLines({ failed }: SortedOut, directory: string, colours: Colours): string[] {
  if (failed.length === 0) return []
  const shown = failed.slice(0, mostFailed)
  const wide = Math.min(widestId, Math.max(...shown.map(({ id }) => id.length)))
  const more = failed.length - shown.length
  return [
    `${colours.red('Failed')} (${failed.length}):`,
    ...shown.map((server) => `  ${colours.red(server.id.padEnd(wide))}  ${reasonOf(server)}`),
    ...(more > 0 ? [`  and ${more} more, see ${directory.replace(/\/+$/, '')}/failed-servers.txt`] : []),
  ]
}

function reasonOf({ fall: { step, failure }, broken }: FailedServer): string {
  const reason = singleLine(`${step}: ${failure.message}`, longestReason)
  if (!blames[failure.type].judged) return `${reason} (not judged: ${failure.type})`
  return broken.marked ? `${reason} (marked as broken)` : reason
}

export function skippedLines({ skipped }: SortedOut, { totals }: RunState): string[] {
  const groups = [...skipped].sort(([, a], [, b]) => b.length - a.length)
  if (groups.length === 0) return []
  const rest = groups.slice(mostReasons)
  const restServers = rest.reduce((sum, [, ids]) => sum + ids.length, 0)
  return [
    totals.unfinished > 0 ? `Skipped (${totals.skipped}) and not finished (${totals.unfinished}):` : `Skipped (${totals.skipped}):`,
    ...groups.slice(0, mostReasons).map(([reason, ids]) => `  ${ids.length}  ${singleLine(reason, longestReason)}: ${few(ids, fewIds)}`),
    ...(rest.length > 0 ? [`  ${restServers}  for ${count(rest.length, 'other reason')}`] : []),
  ]
}

/** Servers that passed, and of which a person should know more. */
export function passedLines({ retested, warned }: SortedOut): string[] {
  const shown = [...warned].slice(0, mostReasons)
  const more = warned.size - shown.length
  return [
    ...(retested.length > 0 ? [`Passed only when they were measured anew (${retested.length}): ${few(retested, mostIds)}`] : []),
    ...(warned.size > 0 ? [`Passed with warnings (${warned.size}):`] : []),
    ...shown.map(([id, findings]) => `  ${id}  ${singleLine(findings.join('; '), longestReason)}`),
    ...(more > 0 ? [`  and ${more} more, see warnings in results.json`] : []),
  ]
}

/** Marks that are due and were not made: a bad server may go back to the pool. */
export function markLines({ withheld, markFailed }: SortedOut, directory: string): string[] {
  return [
    ...(withheld.length > 0
      ? [`Due to be marked as broken, but withheld (${withheld.length}): ${few(withheld, mostIds)}`, `  have a look at them, then: ${shellQuote(['rackbench', 'mark', directory])}`]
      : []),
    ...(markFailed.length > 0
      ? [`Could not be marked as broken (${markFailed.length}): ${few(markFailed, mostIds)}`, `  try again: ${shellQuote(['rackbench', 'resume', directory])}`]
      : []),
  ]
}

export function leftLines({ kept, unwiped, unwipable }: SortedOut, directory: string): string[] {
  return [
    ...(kept.length > 0
      ? [`Left as they are, not wiped (${kept.length}): ${few(kept, mostIds)}`, `  when nobody needs them any more: ${shellQuote(['rackbench', 'destroy', directory, '--all'])}`]
      : []),
    ...(unwiped.length > 0
      ? [`Not wiped although they should be (${unwiped.length}): ${few(unwiped, mostIds)}`, `  wipe them: ${shellQuote(['rackbench', 'destroy', directory])}`]
      : []),
    ...(unwipable.length > 0
      ? [`Could not be wiped (${unwipable.length}): ${few(unwipable, mostIds)}`, `  once they are repaired: ${shellQuote(['rackbench', 'destroy', directory, '--all'])}`]
      : []),
  ]
}
