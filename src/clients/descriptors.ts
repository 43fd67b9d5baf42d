import { readFileSync, readdirSync } from 'node:fs'
import { inOneLine } from '../model/escape.ts'
import { said } from '../model/said.ts'

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

/** With fewer, not even the files of the program can all be read: they are opened many at once. */
const leastLimit = 128

/**
 * What to tell the user, in one line, if an error comes, or may come, of too few file descriptors: not everything that fails for want of
 * them says so.
 *
 * @param limit How many this process may have open, if that is known.
 */
export function tooFewDescriptors(error: unknown, limit: number | undefined): string | undefined {
  const { code } = Object(error) as NodeJS.ErrnoException
  if (code !== 'EMFILE' && (limit === undefined || limit >= leastLimit)) return undefined
  return `too few file descriptors${limit === undefined ? '' : `, ${limit}`}: raise ulimit -n (${inOneLine(said(error))})`
}

/** How many files this process may have open, where the system tells. To be asked while one more can be opened. */
export function descriptorLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? undefined : Number(limit)
  } catch {
    return undefined
  }
}

function ownDescriptors(): Descriptors | undefined {
  const limit = descriptorLimit()
  try {
    return limit === undefined ? undefined : { limit, open: readdirSync('/proc/self/fd').length }
  } catch {
    return undefined
  }
}
