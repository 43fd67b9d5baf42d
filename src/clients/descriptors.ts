import { readFileSync, readdirSync } from 'node:fs'

/** How many connections this process may have open at once, and what to tell the user if that is fewer than wanted. */
export interface Allowed {
  readonly count: number
  /** Only if it is fewer: `256 file descriptors allow 200 at a time instead of 1024: raise ulimit -n`. */
  readonly note?: string
}

/** What a process may have open, and has. */
export interface Descriptors {
  readonly limit: number
  readonly open: number
}

/** Kept for files, names that are looked up, and second addresses of an endpoint. */
const reserve = 32
/** A process that has not opened anything of its own yet has about so many open. */
const usual = 24

/** Leaves what else needs descriptors its share. To be asked once, before the first round. */
export function connectionsAtOnce(wanted: number, descriptors: Descriptors | undefined = ownDescriptors()): Allowed {
  if (!descriptors) return { count: wanted }
  const { limit, open } = descriptors
  const count = Math.max(1, Math.min(wanted, limit - reserve - Math.max(open, usual)))
  return count === wanted ? { count } : { count, note: `${limit} file descriptors allow ${count} at a time instead of ${wanted}: raise ulimit -n` }
}

/** Of this process, where the system tells. */
function ownDescriptors(): Descriptors | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? undefined : { limit: Number(limit), open: readdirSync('/proc/self/fd').length }
  } catch {
    return undefined
  }
}
