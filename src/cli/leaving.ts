import type { RunState } from '../model/run-state.ts'
import { heldServers } from '../run/directory.ts'
import type { Lock } from '../run/lock.ts'

interface Leaving {
  /** Nothing yet if the run has not begun. */
  readonly state: RunState | undefined
  /** As it is shown. */
  readonly directory: string
  readonly print: (line: string) => void
  readonly lock: Pick<Lock, 'releaseNow'>
}

const sigintCode = 130

/** Ends the process without waiting for any wipe, and says which servers are held. */
export function leaveAtOnce({ state, directory, print, lock }: Leaving): never {
  const held = state ? heldServers(state) : []
  print('')
  print('left at once: nothing more is wiped or marked')
  if (held.length > 0) {
    print(`these servers are still held (${held.length}): ${held.join(' ')}`)
    print(`wipe them: rackbench destroy ${directory}   or go on: rackbench resume ${directory}`)
  }
  lock.releaseNow()
  process.exit(sigintCode)
}
