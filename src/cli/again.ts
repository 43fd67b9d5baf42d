import { join, relative } from 'node:path'
import type { Plan } from '../model/plan.ts'
import { shellQuote } from '../model/shell-quote.ts'

/** A run directory as it is shown, and as it can be typed from here. */
export function shownDirectory(directory: string, cwd: string): string {
  const near = relative(cwd, directory)
  return near === '' ? '.' : near.startsWith('..') ? directory : near
}

/** The command that runs just the servers again that did not pass. */
export function againCommand({ flags }: Pick<Plan, 'flags'>, shown: string): string {
  const out = shown === 'rackbench-out' ? [] : ['--out', shown]
  return shellQuote(['rackbench', 'run', ...flags, ...out, '--failed-in', join(shown, 'results.json')])
}
