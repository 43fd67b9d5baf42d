import { createHash, randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../model/problem.ts'

const lockName = 'rackbench.lock'

const holderSchema = z.object({
  host: z.string(),
  pid: z.int().min(1),
  /** When the holder began (ISO 8601). */
  startedAt: z.string(),
  /** The kernel's start time of the process, where it tells one: a process ID is given away again. */
  processStart: z.string().exactOptional(),
})
export type Holder = z.infer<typeof holderSchema>

/** That this process, and no other, writes to a run directory. */
export interface Lock {
  readonly release: () => Promise<void>
  /** For a process that leaves at once. */
  readonly releaseNow: () => void
}

/**
 * Takes the lock of a run directory. One that a dead process of this host left is taken over; one of another host only with `force`.
 *
 * @throws UsageError that names the holder.
 */
export async function takeLock(directory: string, { force, now }: { readonly force: boolean; readonly now: number }): Promise<Lock> {
  const file = join(directory, lockName)
  const processStart = processStartOf(process.pid)
  const own: Holder = { host: hostname(), pid: process.pid, startedAt: new Date(now).toISOString(), ...(processStart !== undefined && { processStart }) }
  const content = `${JSON.stringify(own)}\n`
  const mine = `${file}.${randomBytes(8).toString('hex')}`
  await writeFile(mine, content)
  try {
    for (let tries = 1; !(await linked(mine, file)); tries++) {
      if (tries > 10) throw new UsageError([`${directory} is being taken by another rackbench at this moment: try again`])
      await removeStale(file, mine, { directory, force })
    }
  } finally {
    await rm(mine, { force: true })
  }
  return {
    async release() {
      if ((await readText(file)) === content) await rm(file, { force: true })
    },
    releaseNow() {
      if (readNow(file) === content) rmSync(file, { force: true })
    },
  }
}

/** Who holds the lock of a run directory: a process that lives on this host, or one of another host. That of a dead process holds nobody up. */
export async function holderOf(directory: string): Promise<{ readonly is: 'nobody' } | { readonly is: 'here' | 'elsewhere'; readonly holder: Holder }> {
  const content = await readText(join(directory, lockName))
  const holder = content === undefined ? undefined : readHolder(content)
  if (!holder) return { is: 'nobody' }
  if (holder.host !== hostname()) return { is: 'elsewhere', holder }
  return isAlive(holder) ? { is: 'here', holder } : { is: 'nobody' }
}

/** A link appears with its whole content, or not at all if the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes a lock that a dead process left. Only who holds the claim on it may, or a slow process would remove the lock of a
 * quick one. A claim is named by the content of the lock, and is a lock itself: that of a dead process is removed likewise.
 */
async function removeStale(file: string, mine: string, { directory, force }: { readonly directory: string; readonly force: boolean }): Promise<void> {
  const content = await readText(file)
  if (content === undefined) return
  const holder = readHolder(content)
  if (holder && isAlive(holder) && holder.host === hostname()) {
    throw new UsageError([`${directory} is in use: a rackbench with process ID ${holder.pid} has been writing there since ${holder.startedAt}`])
  }
  if (!force && holder && holder.host !== hostname()) {
    throw new UsageError([`${directory} is locked by process ${holder.pid} on host ${holder.host} since ${holder.startedAt}: if that one is gone, add --force`])
  }
  const claim = join(directory, `${lockName}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}`)
  if (!(await linked(mine, claim))) return removeStale(claim, mine, { directory, force })
  try {
    if ((await readText(file)) === content) await rm(file, { force: true })
  } finally {
    await rm(claim, { force: true })
  }
}

function readHolder(content: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(content)).data
  } catch {
    return undefined
  }
}

function isAlive({ pid, processStart }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = processStartOf(pid)
  return processStart === undefined || now === undefined || now === processStart
}

/** The 22nd field of Linux' /proc/PID/stat, counted behind the command in parentheses. */
function processStartOf(pid: number): string | undefined {
  const stat = readNow(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(ignoreAbsent)
}

function readNow(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
