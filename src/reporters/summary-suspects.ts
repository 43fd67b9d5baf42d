import type { Suspect } from '../model/suspects.ts'
import { describeSuspect } from '../model/suspects.ts'
import type { Colours } from './colour.ts'
import { singleLine } from './report-text.ts'

const mostSuspects = 10
const longestText = 300
const widestId = 24

/** Servers that passed, and that a person may want to look at all the same. */
export function suspectLines(suspects: readonly Suspect[], directory: string, colours: Colours): string[] {
  if (suspects.length === 0) return []
  const shown = suspects.slice(0, mostSuspects)
  const wide = Math.min(widestId, Math.max(...shown.map(({ server }) => server.length)))
  const more = suspects.length - shown.length
  return [
    `${colours.yellow('Passed, but far from the others')} (${new Set(suspects.map(({ server }) => server)).size}), not marked for it:`,
    ...shown.map(({ server, ...suspect }) => `  ${colours.yellow(server.padEnd(wide))}  ${singleLine(describeSuspect(suspect), longestText)}`),
    ...(more > 0 ? [`  and ${more} more, see ${directory.replace(/\/+$/, '')}/results.json`] : []),
  ]
}
