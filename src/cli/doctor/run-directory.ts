import { counted, someOf } from '../../config/wording.ts'
import { whyUnwritable } from '../../run/directory.ts'
import type { Standing } from '../../run/standing.ts'
import type { Disk } from './disk.ts'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

export interface RunDirectoryWorld {
  /** As it is shown, and can be typed. */
  readonly shown: string
  readonly disk: Disk
  readonly standing: Standing
  /** What `rackbench run` would be given: to give up a run that has died, and to take over the lock of another host. */
  readonly replace: boolean
  readonly force: boolean
  /** How many servers are named. */
  readonly servers: number
}

const mebibyte = 1024 * 1024
/** Journal, reports and short logs of a server take 10 KiB; scripts that say a lot take more. */
const bytesEach = 100 * 1024
const bytesAlways = 64 * mebibyte
const filesAlways = 100

const { ok, warn, fail } = about('run directory')

/** Looks at where a run would write: whether it can, and whether another run stands in the way. */
export function checkRunDirectory(world: RunDirectoryWorld): Finding[] {
  const { shown, disk } = world
  if (disk.is === 'not writable') return [fail(`cannot write to ${shown}: ${whyUnwritable[disk.code] ?? disk.code}`, 'choose another one with --out, or give the user of this process the right to write there')]
  if (disk.is === 'without links') return [fail(`the file system of ${shown} has no hard links (${disk.code}), which the lock of a run needs`, 'choose another one with --out, on a local disk')]
  return [checkStanding(world), ...checkSpace(disk, world)]
}

function checkSpace({ freeBytes, freeFiles = Infinity }: Extract<Disk, { is: 'writable' }>, { shown, servers }: RunDirectoryWorld): Finding[] {
  const lacksBytes = freeBytes < bytesAlways + bytesEach * servers
  const lacksFiles = freeFiles < filesAlways + servers
  const todo = 'make room, or choose another one with --out: a run that cannot write its journal is stopped'
  return [
    ...(lacksBytes ? [warn(`${Math.floor(freeBytes / mebibyte)} MiB are free where ${shown} is`, todo)] : []),
    ...(lacksFiles ? [warn(`${freeFiles} files can still be made where ${shown} is`, todo)] : []),
  ]
}

function checkStanding(world: RunDirectoryWorld): Finding {
  const { shown, standing, replace } = world
  if (standing.is === 'no run') return ok(`${shown} can be written to`)
  if ('holder' in standing) return checkLock(standing, world)
  if ('held' in standing) return checkRun(standing, world)
  if (standing.is === 'unreadable') {
    if (replace) return warn(`${standing.problem}; --replace puts it aside`, 'be sure that it holds no servers')
    return fail(standing.problem, 'choose another one with --out, or add --replace: what is there instead of a journal goes to previous/')
  }
  if (replace) return ok(`${shown} holds a run that had not begun; --replace gives it up`)
  return fail(`${shown} holds a run that had not begun`, `it holds no server: \`rackbench destroy ${shown} --if-unfinished\`, or add --replace`)
}

function checkLock({ is, holder: { pid, host, startedAt } }: Extract<Standing, { is: 'live' | 'locked elsewhere' }>, { shown, force }: RunDirectoryWorld): Finding {
  if (is === 'live') return fail(`in ${shown} a run is live, of process ${pid} since ${startedAt}`, 'wait for it, or send it SIGTERM; or choose another one with --out')
  const found = `${shown} is locked by process ${pid} on host ${host} since ${startedAt}`
  if (force) return warn(`${found}, and --force takes it over`, 'be sure that this process is gone')
  return fail(found, 'if that process is gone, add --force; otherwise wait for it, or choose another one with --out')
}

function checkRun({ is, held }: Extract<Standing, { is: 'ended' | 'died' }>, { shown, replace }: RunDirectoryWorld): Finding {
  const wipe = `\`rackbench destroy ${shown}\``
  const found = `${shown} holds a run that has ${is}${held.length > 0 ? `, and may still hold ${listed(held)}` : ''}`
  if (is === 'ended') return held.length === 0 ? ok(`${found}; the next one replaces it`) : warn(found, `${wipe} wipes what it can; the next run forgets them`)
  if (replace) return warn(`${found}; --replace gives it up`, `${wipe} would wipe what it holds`)
  return fail(found, `go on with \`rackbench resume ${shown}\`, wipe with ${wipe}, or add --replace to give it up`)
}

function listed(held: readonly string[]): string {
  return `${counted(held.length, 'server')} (${someOf(held)})`
}
