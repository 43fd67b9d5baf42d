import type { IronicNode } from '../clients/ironic-api.ts'
import { inOneLine } from '../model/escape.ts'

const prefix = 'rackbench: '
const runPrefix = '(rackbench run '
const longestReason = 1000

/** The text of a mark: it says who set it, why, and in which run, in one line. */
export function markText(reason: string, run: string): string {
  const told = inOneLine(reason.slice(0, longestReason))
  return `${prefix}${told}${runOfMark(told) === run ? '' : ` ${runPrefix}${run})`}`
}

/** The run that made a mark. What stands before it may be anybody's text: the last one counts. */
export function runOfMark(text: string): string | undefined {
  const begin = text.lastIndexOf(runPrefix)
  return begin < 0 ? undefined : text.slice(begin + runPrefix.length).split(/[,)]/, 1)[0]
}

/** Why a node is in maintenance: by a mark of rackbench's, by Ironic itself after it failed to clean it, or by somebody else. */
export type Maintenance =
  | { readonly is: 'none' | 'clean failure' }
  | { readonly is: 'marked'; readonly text: string }
  | { readonly is: 'somebody'; readonly reason: string }

export function maintenanceOf({ maintenance, maintenance_reason: reason, fault, last_error }: Pick<IronicNode, 'maintenance' | 'maintenance_reason' | 'fault' | 'last_error'>): Maintenance {
  if (!maintenance) return { is: 'none' }
  if (reason?.startsWith(prefix)) return { is: 'marked', text: reason }
  // The fault stays when a person gives a reason of their own; Ironic's own reason is the error.
  if (fault === 'clean failure' && (reason === null || reason === '' || reason === last_error)) return { is: 'clean failure' }
  const told = reason === null || reason === '' ? 'no reason given' : reason
  return { is: 'somebody', reason: fault === null ? told : `${told} (${fault})` }
}
