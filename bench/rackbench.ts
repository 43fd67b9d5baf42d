import { writeFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from './bench.ts'
import type { Started, Usage } from './measure.ts'
import { start, usageIn } from './measure.ts'

/** The built command line with what tells its cost. */
export function rackbenchArgv({ checkout }: Pick<Lab, 'checkout'>, args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, '--import', join(checkout, 'bench/usage.mjs'), join(checkout, 'dist/cli/main.js'), ...args]
}

export interface Run {
  /** The run directory is `rackbench-out` in it. */
  readonly folder: string
  readonly servers: readonly string[]
  /** What rackbench.config.yaml says. */
  readonly config: Readonly<Record<string, unknown>>
  readonly exitCode?: number
}

export interface RunCost extends Usage {
  readonly wallMs: number
}

/**
 * Runs all servers, without brakes: the failing servers of a bench fail by design.
 *
 * @throws Error if the run ends otherwise than it must, or does not end every server.
 */
export async function runServers(lab: Pick<Lab, 'checkout'>, { folder, servers, config, exitCode = 0 }: Run): Promise<RunCost> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'servers.txt'), `${servers.join('\n')}\n`)
  // JSON is YAML, too.
  await writeFile(join(folder, 'rackbench.config.json'), JSON.stringify({ destroy: 'always', maxBroken: '100%', maxAlike: 0, progress: 'none', ...config }))
  const usage = usageIn(folder)
  const { ended } = await start({ argv: rackbenchArgv(lab, ['run', '@servers.txt']), folder, env: usage.env, exitCode })
  const wallMs = await ended
  const { skipped } = JSON.parse(await readFile(join(folder, 'rackbench-out/results.json'), 'utf8')) as { readonly skipped: readonly string[] }
  if (skipped.length > 0) throw new Error(`${skipped.length} of ${servers.length} servers were skipped`)
  return { wallMs, ...(await usage.read()) }
}

/** What a served rack has cost, and what was asked of it. */
export interface Served extends Usage {
  readonly requests: number
}

/** Serves a simulated rack over HTTP for as long as `use` takes. @throws what `use` does; Error if the rack ends before. */
export async function withRack<T>(lab: Pick<Lab, 'checkout'>, folder: string, simulation: unknown, use: (url: string) => Promise<T>): Promise<readonly [T, Served]> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'rack.yaml'), JSON.stringify(simulation))
  const usage = usageIn(folder)
  const rack = await start({ argv: rackbenchArgv(lab, ['simulator', '--port', '0', '--simulation', 'rack.yaml', '--verbose']), folder, env: usage.env })
  const said = (): Promise<string> => readFile(join(folder, 'stdout.txt'), 'utf8')
  const used = await listening(rack, said).then(use).finally(() => rack.child.kill('SIGTERM'))
  await rack.ended
  // Its first line tells where it listens, each other one of a request.
  return [used, { ...(await usage.read()), requests: (await said()).trimEnd().split('\n').length - 1 }]
}

async function listening({ child, ended }: Started, said: () => Promise<string>): Promise<string> {
  for (;;) {
    const [, url] = / listens on (http:\S+)\n/.exec(await said()) ?? []
    if (url !== undefined) return url
    if (child.exitCode !== null || child.signalCode !== null) await ended
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
