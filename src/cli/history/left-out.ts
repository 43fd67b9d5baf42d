import { counted } from '../../config/wording.ts'

/** More files are told by their number. */
const mostTold = 20

/** What a history could not read, for a person: a line each, and not thousands. */
export function leftOutLines(problems: readonly string[]): readonly string[] {
  const more = problems.length - mostTold
  return more > 0 ? [...problems.slice(0, mostTold), `and ${counted(more, 'file')} more that cannot be read`] : problems
}
