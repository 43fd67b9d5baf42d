import { readdir, readFile } from 'node:fs/promises'
import type { Clock } from '../model/clock.ts'

/** The processes that a child leads: itself, and all it has started that did not leave its group. */
export interface ProcessGroup {
  /** Asks every process of the group to end: SIGTERM now, SIGKILL to what is left after `killAfterMs`. Only the first call counts. */
  readonly end: (killAfterMs: number) => void
  /**
   * Ends what the leader, who is gone, has left behind. Resolves when no process of the group lives any more, or nothing more can
   * be done about it; with whether there was anything to end.
   */
  readonly clear: (killAfterMs: number) => Promise<boolean>
}

const briefMs = 32
const longestPauseMs = 250
/** What SIGKILL does not end in this time hangs in the kernel, or is another user's. */
const killTakesMs = 1000

/** The groups that are not gone. */
const living = new Set<{ readonly leave: () => void }>()

function leaveNone(): void {
  for (const group of living) group.leave()
}

/**
 * Watches over the group of a child that was started `detached`: its ID is that of the child. Never the group of rackbench itself,
 * which under Jenkins is that of the agent. Should rackbench leave before the group is gone, it is asked to end, or killed if it was asked.
 */
export function processGroup(leader: number, clock: Clock): ProcessGroup {
  let ending: 'not asked' | 'asked' | 'killed' | 'gone' = 'not asked'
  let giveUpAt = Infinity
  let cancelKill = (): void => {}
  const self = { leave: () => signalGroup(leader, ending === 'not asked' ? 'SIGTERM' : 'SIGKILL') }
  if (living.size === 0) process.on('exit', leaveNone)
  living.add(self)

  function kill(): void {
    ending = 'killed'
    giveUpAt = clock.elapsed() + killTakesMs
    signalGroup(leader, 'SIGKILL')
  }
  function end(killAfterMs: number): void {
    if (ending !== 'not asked') return
    ending = 'asked'
    signalGroup(leader, 'SIGTERM')
    cancelKill = clock.after(killAfterMs, kill)
  }
  return {
    end,
    async clear(killAfterMs) {
      let isLeftBehind = false
      for (let pauseMs = 1; clock.elapsed() < giveUpAt && (await hasLiving(leader)); pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
        // What is about to end by itself, the last of a pipe, is not to be ended.
        isLeftBehind ||= pauseMs > briefMs
        if (isLeftBehind) end(killAfterMs)
        await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
      }
      // From here on the ID may be another's: it is never signalled again.
      ending = 'gone'
      cancelKill()
      living.delete(self)
      if (living.size === 0) process.off('exit', leaveNone)
      return isLeftBehind
    },
  }
}

/** A group that is gone, or whose processes are all another user's, is left alone. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  // 0 and 1 would be our own group, and every process there is.
  if (leader <= 1) return false
  try {
    return process.kill(-leader, signal)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Looks into /proc only where the system says that the group is there: dead processes that nobody has waited for count as living to it. */
async function hasLiving(leader: number): Promise<boolean> {
  if (!signalGroup(leader, 0)) return false
  const entries = await readdir('/proc').catch(() => [])
  const processes = entries.filter((name) => /^\d+$/.test(name))
  if (processes.length === 0) return true
  // One after the other: all at once would take a descriptor for each process of the machine, and for each child that is cleared.
  for (const pid of processes) {
    const state = await stateIn(leader, pid)
    if (state !== undefined && !'ZX'.includes(state)) return true
  }
  return false
}

/** The state of a process, if it is of the group: `pid (name) state ppid pgrp ...`, where the name may hold anything. */
async function stateIn(leader: number, pid: string): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(group) === leader ? state : undefined
}
