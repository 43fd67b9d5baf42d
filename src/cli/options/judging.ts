import type { OptionsByName } from './option.ts'
import { groups, text } from './option.ts'

const { verdict } = groups

/** What a run makes of what was measured, and what it may do about it. */
export const judging: OptionsByName = {
  threshold: text(verdict, 'the least score that passes'),
  unmatched: text(verdict, 'what becomes of a server that no threshold is about: fail or pass'),
  retest: text(verdict, 'how often a server that misses a threshold is measured once more'),
  'mark-broken': { type: 'boolean', group: verdict, describe: 'mark servers that failed by their own fault; --no-mark-broken leaves them unmarked' },
  'max-broken': text(verdict, 'how many servers one run may mark: N or N%'),
  'max-alike': text(verdict, 'servers in a row that fail at the same step and look like one cause; 0: off'),
}
