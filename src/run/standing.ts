import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../model/problem.ts'
import type { ServerId } from '../model/server.ts'
import { heldServers } from './directory.ts'
import { journalName } from './journal.ts'
import { readJournal } from './journal-reader.ts'
import type { Holder } from './lock.ts'
import { holderOf } from './lock.ts'

/** What a run directory holds, for whoever only looks. `held`: the servers whose machines that run may still hold. */
export type Standing =
  | { readonly is: 'no run' | 'not begun' }
  | { readonly is: 'live' | 'locked elsewhere'; readonly holder: Holder }
  | { readonly is: 'ended' | 'died'; readonly held: readonly ServerId[] }
  | { readonly is: 'unreadable'; readonly problem: string }

/** Looks at a run directory, and changes nothing in it. One that is not there holds no run. */
export async function standingOf(directory: string): Promise<Standing> {
  const journal = join(directory, journalName)
  try {
    const lock = await holderOf(directory)
    if (lock.is !== 'nobody') return { is: lock.is === 'here' ? 'live' : 'locked elsewhere', holder: lock.holder }
    if (!(await isThere(journal))) return { is: 'no run' }
    const read = await readJournal(journal)
    if (read.is === 'nothing begun') return { is: 'not begun' }
    return { is: read.isEnded ? 'ended' : 'died', held: heldServers(read.fold.state) }
  } catch (error) {
    return { is: 'unreadable', problem: error instanceof UsageError ? error.message : `cannot read ${directory}: ${(error as NodeJS.ErrnoException).code ?? String(error)}` }
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}
