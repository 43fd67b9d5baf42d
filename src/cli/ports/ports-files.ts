import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeWhole } from '../../clients/atomic-file.ts'
import { inOneLine } from '../../model/escape.ts'
import { UsageError } from '../../model/problem.ts'
import { said } from '../../model/said.ts'
import type { PortsState } from '../../ports/watch.ts'
import { openState } from '../../ports/state.ts'
import type { PortsStanding } from '../../reporters/ports-junit.ts'
import type { PortsContext } from '../../reporters/ports-words.ts'

/** The files that are written after each round. */
export interface PortsFiles {
  /** What an earlier process kept. */
  readonly past: PortsState | undefined
  /** Writes both, as far as they are asked for; what goes wrong is told, and known by `areWritten`. */
  readonly write: (state: PortsState, standing: PortsStanding, context: PortsContext) => Promise<void>
  /** Whether the last writing succeeded. */
  readonly areWritten: () => boolean
}

interface FilesOptions {
  /** Absolute. */
  readonly state: string | undefined
  /** Absolute. */
  readonly junit: string | undefined
  readonly say: (line: string) => void
}

/**
 * Opens the state file, and removes the JUnit file of an earlier time: what is published must be of this one.
 *
 * @throws UsageError if one of them cannot be used.
 */
export async function openFiles({ state, junit, say }: FilesOptions): Promise<PortsFiles> {
  const kept = state === undefined ? undefined : await openState(state)
  for (const note of kept?.notes ?? []) say(note)
  const report = junit === undefined ? undefined : await openJunit(junit)
  const failing = new Set<string>()
  const attempt = async (what: string, write: () => Promise<void>): Promise<void> => {
    try {
      await write()
      failing.delete(what)
    } catch (error) {
      // Once, and not in each round of a night.
      if (!failing.has(what)) say(`${what} could not be written: ${inOneLine(said(error))}`)
      failing.add(what)
    }
  }
  return {
    past: kept?.past,
    areWritten: () => failing.size === 0,
    async write(now, standing, context) {
      await Promise.all([
        kept && attempt(`--state ${state}`, async () => {
          const note = await kept.save(now)
          if (note !== undefined) say(note)
        }),
        report && attempt(`--junit ${junit}`, () => report(standing, context)),
      ])
    },
  }
}

/** What writes the JUnit file is loaded here, before the first round. */
async function openJunit(file: string): Promise<(standing: PortsStanding, context: PortsContext) => Promise<void>> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await rm(file, { force: true })
  } catch (error) {
    throw new UsageError([`--junit: ${file}: cannot be written: ${inOneLine(said(error))}`])
  }
  const { portsJunit } = await import('../../reporters/ports-junit.ts')
  return (standing, context) => writeWhole(file, portsJunit(standing, context), { durable: false })
}
