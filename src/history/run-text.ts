import type { PastRun } from '../model/past-run.ts'
import { nameOf } from './names.ts'

/** A run as a file has it: JSON, with a line for each server. */
export function runText({ servers, ...head }: PastRun): string {
  const lines = Object.entries(head).map(([name, part]) => `${JSON.stringify(name)}: ${JSON.stringify(part)},\n`)
  return `{${lines.join('')}"servers": [\n${servers.map((server) => JSON.stringify(server)).join(',\n')}\n]}\n`
}

/**
 * Reads what `runText` has written. Nothing else is believed.
 *
 * @throws Error that says what is wrong with it, in words that follow the file's name.
 */
export async function readRunText(name: string, text: string): Promise<PastRun> {
  // Loaded only here: whoever asks the cache reads no files.
  const { pastRunSchema, pastRunVersion } = await import('../model/past-run.ts')
  const content = parsed(text)
  const { historyVersion: version } = Object(content) as { readonly historyVersion?: unknown }
  if (typeof version === 'number' && version > pastRunVersion) throw new Error(`was written by a newer rackbench (historyVersion ${version}; this one reads ${pastRunVersion})`)
  const { success, data } = pastRunSchema.safeParse(content)
  if (!success) throw new Error('is damaged, or somebody else\'s: it holds no run')
  if (nameOf(data, text) !== name) throw new Error('is damaged: it does not hold what its name says')
  return data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
