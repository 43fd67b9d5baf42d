import { startOfDay } from '../day.ts'

/** Runs of a history, as they are asked for. */
export type Selection =
  | { readonly is: 'back'; /** How many runs before the last. */ readonly by: number }
  | { readonly is: 'days'; /** In milliseconds since 1970. */ readonly from: number; /** The first moment that no longer counts. */ readonly until: number }

const day = String.raw`\d{4}-\d{2}-\d{2}`
const days = new RegExp(`^(${day})(?:\\.\\.(${day}))?$`)
const dayMs = 86_400_000

/** What a side may be besides a path, for those who have to choose. */
export const selectionForms = 'last, last~7, 2026-11-01..2026-11-07, or the ID of a run'

/** Reads `last`, `last~7`, `2026-11-01` or `2026-11-01..2026-11-07`; nothing if it is none of these. @returns what is wrong with it, in words that follow it, if there are no such days. */
export function readSelection(word: string): Selection | string | undefined {
  const [back, count = '0'] = /^last(?:~(\d{1,9}))?$/.exec(word) ?? []
  if (back !== undefined) return { is: 'back', by: Number(count) }
  const [, first, last = first] = days.exec(word) ?? []
  if (first === undefined || last === undefined) return undefined
  const [from, to] = [startOfDay(first), startOfDay(last)]
  if (from === undefined || to === undefined) return `there is no such day as ${from === undefined ? first : last}`
  return to < from ? 'the last day comes before the first' : { is: 'days', from, until: to + dayMs }
}
