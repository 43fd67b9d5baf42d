import type { Arguments } from '../command-line.ts'

/** Tells of each option that was given and that this part of the command has no use for. */
export function unusedOptions(part: 'explain' | 'try', { flags, lists }: Arguments, unused: readonly string[]): string[] {
  return unused.filter((name) => flags[name] !== undefined || lists[name] !== undefined).map((name) => `thresholds ${part} has no use for --${name}`)
}
