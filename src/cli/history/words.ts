import type { RunHead } from '../../history/questions.ts'

/** So many runs a line of bars shows. */
export const longestSpark = 40

/** When a run started, to the minute, UTC. */
export function whenOf({ startedAt }: Pick<RunHead, 'startedAt'>): string {
  return new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')
}

/** The Jenkins build that a run belonged to. */
export function buildWords({ run: { build: { job = '', number } } }: Pick<RunHead, 'run'>): string {
  return number === undefined ? job : `${job}#${number}`
}
