import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { whyNotRunnable } from '../src/clients/program.ts'

/** A program to be measured. */
export interface Program {
  readonly argv: readonly [string, ...string[]]
  /** Where it is started; made if need be. Its output goes there, to `stdout.txt` and `stderr.txt`. */
  readonly folder: string
  /** Besides what finds programs: nothing of the environment of whoever measures. */
  readonly env?: Readonly<Record<string, string>>
  /** How it must end: a program that has failed did not do the work. 0 unless said otherwise. */
  readonly exitCode?: number
}

/** What a process has cost by itself, children not included. */
export interface Usage {
  /** User and system. */
  readonly cpuMs: number
  readonly peakBytes: number
}

export interface Started {
  readonly child: ChildProcess
  /** Milliseconds from start to end. @throws Error if it ends otherwise than it must. */
  readonly ended: Promise<number>
}

export async function start({ argv: [program, ...args], folder, env = {}, exitCode = 0 }: Program): Promise<Started> {
  await mkdir(folder, { recursive: true })
  const { PATH = '', HOME = '' } = process.env
  const [stdout, stderr] = await Promise.all(['stdout.txt', 'stderr.txt'].map((name) => open(join(folder, name), 'w')))
  const began = performance.now()
  const child = spawn(program, args, { cwd: folder, env: { PATH, HOME, ...env }, stdio: ['ignore', stdout!.fd, stderr!.fd] })
  const exited = new Promise<{ readonly code: number | null; readonly wallMs: number }>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve({ code, wallMs: performance.now() - began }))
  })
  const closed = exited.finally(() => Promise.all([stdout!.close(), stderr!.close()]))
  const ended = closed.then(async ({ code, wallMs }) => {
    if (code === exitCode) return wallMs
    const said = (await readFile(join(folder, 'stderr.txt'), 'utf8')).trim().split('\n').at(-1)
    throw new Error(`${program} ended with ${code ?? 'a signal'} and not ${exitCode}${said === undefined || said === '' ? '' : `: ${said}`}`)
  })
  // Whoever started it may be at something else when it fails.
  ended.catch(() => {})
  return { child, ended }
}

/** Runs a program to its end; answers how many milliseconds that took. @throws Error if it ends otherwise than it must. */
export async function wallOf(program: Program): Promise<number> {
  return (await start(program)).ended
}

/** Where a program that is preloaded with `usage.mjs` or `usage.py` writes what it has cost. */
export function usageIn(folder: string): { readonly env: Readonly<Record<string, string>>; readonly read: () => Promise<Usage> } {
  const file = join(folder, 'usage.json')
  return { env: { BENCH_USAGE: file }, read: async () => JSON.parse(await readFile(file, 'utf8')) as Usage }
}

/** Why a program is not to be had on this machine; nothing if it is. */
export async function whyAbsent(program: string): Promise<string | undefined> {
  const why = await whyNotRunnable(program, { directory: '.', path: process.env['PATH'] })
  return why === undefined ? undefined : `${program} is not installed`
}
