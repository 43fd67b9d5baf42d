import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Lab, Result } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import { start, wallOf, whyAbsent } from './measure.ts'
import { median } from './numbers.ts'
import { rackbenchArgv } from './rackbench.ts'

const rounds = 5
const limitMs = 3000
const atOnce = 1024
/** Of ports that take connections, which share the addresses of this machine. */
const openPorts = 8

type Argv = readonly [string, ...string[]]

export const ports: Bench = {
  name: 'ports',
  about: '10,000 endpoints of this machine, beside an epoll program in C and a pool of threads in Python',
  async run(lab) {
    const count = scaled(10_000, lab)
    const what = `${count.toLocaleString('en')} endpoints that answer`
    for (const program of ['cc', 'python3']) {
      const missing = await whyAbsent(program)
      if (missing !== undefined) return [{ what, missing }]
    }
    for (const name of ['listen', 'connect']) await wallOf({ argv: ['cc', '-O2', '-o', join(lab.folder, name), join(lab.checkout, 'bench', `${name}.c`)], folder: lab.folder })
    return withListeners(lab, async (listeners) => {
      const silent = listeners.at(-1)!
      const [open, partly] = [join(lab.folder, 'open.txt'), join(lab.folder, 'partly.txt')]
      await writeFile(open, endpointsOf(count, (index) => listeners[index % openPorts]!))
      await writeFile(partly, endpointsOf(count, (index) => (index % 20 === 0 ? silent : listeners[index % openPorts]!)))
      return [...(await besideOthers(lab, what, open)), await fewDescriptors(lab, what, open), await partlySilent(lab, count, partly)]
    })
  },
}

async function besideOthers(lab: Lab, what: string, file: string): Promise<readonly Result[]> {
  const programs: readonly Argv[] = [
    rackbench(lab, file),
    [join(lab.folder, 'connect'), file, String(atOnce), String(limitMs)],
    ['python3', join(lab.checkout, 'bench/connect.py'), file, String(limitMs)],
  ]
  const walls: number[][] = programs.map(() => [])
  // One after the other, so that all meet the same noise.
  for (let round = 1; round <= rounds; round++) {
    for (const [which, argv] of programs.entries()) walls[which]!.push(await wallIn(lab, argv))
    lab.say(`ports: round ${round} of ${rounds}: ${walls.map((each) => `${(each.at(-1)! / 1000).toFixed(2)} s`).join(', ')}`)
  }
  const [ours, c, python] = walls.map((each) => ({ value: median(each) / 1000, unit: 's' })) as [Seconds, Seconds, Seconds]
  return [
    beside({ what, figure: ours, target: { is: 'at most', value: 4, goal: 2 } }, 'times as much', { what: 'connect.c', ...c }),
    beside({ what: 'the same', figure: ours, target: { is: 'at least', value: 1 } }, 'times faster', { what: 'connect.py, 20 threads', ...python }),
  ]
}

interface Seconds {
  readonly value: number
  readonly unit: string
}

async function fewDescriptors(lab: Lab, what: string, file: string): Promise<Result> {
  const wallMs = await wallIn(lab, ['sh', '-c', 'ulimit -n 256 && exec "$0" "$@"', ...rackbench(lab, file)])
  return alone({ what: `${what}, 256 descriptors`, figure: { value: wallMs / 1000, unit: 's' } })
}

async function partlySilent(lab: Lab, count: number, file: string): Promise<Result> {
  const wallMs = await wallIn(lab, rackbench(lab, file), 1)
  return alone({ what: `${count.toLocaleString('en')} endpoints, 5 % of them silent, ${limitMs / 1000} s each`, figure: { value: wallMs / 1000, unit: 's' }, target: { is: 'at most', value: 5 } })
}

function rackbench(lab: Lab, file: string): Argv {
  return rackbenchArgv(lab, ['ports', `@${file}`, '--timeout', `${limitMs}ms`, '--concurrency', String(atOnce)])
}

/** @throws Error if the program fails, or an endpoint did not answer it that must have. */
async function wallIn(lab: Lab, argv: Argv, exitCode: 0 | 1 = 0): Promise<number> {
  const folder = join(lab.folder, 'one')
  const wallMs = await wallOf({ argv, folder, env: { BENCH_USAGE: join(folder, 'usage.json') }, exitCode })
  await rm(folder, { recursive: true })
  return wallMs
}

/** Each at an address of its own. */
function endpointsOf(count: number, portOf: (index: number) => number): string {
  return Array.from({ length: count }, (_, index) => `127.1.${index >> 8}.${index & 255}:${portOf(index)}\n`).join('')
}

/** Listens for as long as `use` takes, which hears the ports: those that take connections, and last one that is silent. */
async function withListeners<T>(lab: Lab, use: (listeners: readonly number[]) => Promise<T>): Promise<T> {
  const folder = join(lab.folder, 'listen-out')
  const { child, ended } = await start({ argv: [join(lab.folder, 'listen'), String(openPorts), '1'], folder })
  try {
    for (;;) {
      const said = (await readFile(join(folder, 'stdout.txt'), 'utf8')).trim().split('\n')
      if (said.length > openPorts) return await use(said.map(Number))
      if (child.exitCode !== null) await ended
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    child.kill()
  }
}
