import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Lab, Result } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import type { Usage } from './measure.ts'
import { start, usageIn, wallOf, whyAbsent } from './measure.ts'
import { median } from './numbers.ts'
import { rackbenchArgv } from './rackbench.ts'

const workers = 20
const delayMs = 20
const rounds = 5
const mostMegabytes = 300

export const inventory: Bench = {
  name: 'inventory',
  about: 'an inventory over HTTP, one call for the list and one for each server, beside a pool of 20 Python threads; and what 100,000 servers need',
  async run(lab) {
    const missing = (await whyAbsent('cc')) ?? (await whyAbsent('python3'))
    if (missing !== undefined) return [{ what: 'an inventory over HTTP', missing }]
    const server = join(lab.folder, 'inventory-server')
    await wallOf({ argv: ['cc', '-O2', '-o', server, join(lab.checkout, 'bench/inventory-server.c')], folder: join(lab.folder, 'cc') })
    return [...(await slowCalls(lab)), ...(await fastCalls(lab)), ...(await memory(lab))]
  },
}

/** What one program has cost, and its service has seen of it. */
interface Reading extends Usage {
  readonly wallMs: number
  /** From the first request to the last answer. */
  readonly spanMs: number
}

interface Trial {
  readonly name: string
  readonly servers: number
  readonly delayMs: number
  /** What is run, given where the service is. */
  readonly argv: (url: string) => readonly [string, ...string[]]
  /** The key `inventory` of the configuration. */
  readonly settings: (url: string) => unknown
  /** How many calls it must make. */
  readonly calls: number
}

/** Runs a program on a service of its own. @throws Error if one of them fails, or asks for less or more than it must. */
async function read(lab: Lab, { name, servers, delayMs: delay, argv, settings, calls }: Trial): Promise<Reading> {
  const folder = join(lab.folder, name)
  const serving = join(folder, 'service')
  const service = await start({ argv: [join(lab.folder, 'inventory-server'), String(servers), String(delay)], folder: serving })
  const said = async (): Promise<string[]> => (await readFile(join(serving, 'stdout.txt'), 'utf8')).trim().split('\n')
  try {
    while ((await said())[0] === '') await new Promise((resolve) => setTimeout(resolve, 5))
    const url = `http://127.0.0.1:${(await said())[0]}`
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'rackbench.config.json'), JSON.stringify({ inventory: settings(url) }))
    const usage = usageIn(folder)
    const wallMs = await wallOf({ argv: argv(url), folder, env: usage.env })
    service.child.kill('SIGTERM')
    await service.ended
    const [asked, spanMs] = (await said())[1]!.split(' ').map(Number)
    if (asked !== calls) throw new Error(`${name}: ${asked} calls were made, and not ${calls}`)
    return { wallMs, spanMs: spanMs!, ...(await usage.read()) }
  } finally {
    service.child.kill('SIGKILL')
  }
}

const fields = { address: '/address', labels: { model: '/labels/model', rack: '/labels/rack', site: '/labels/site', serial: '/labels/serial' } }

function ours(lab: Lab, name: string, size: Pick<Trial, 'servers' | 'delayMs'>): Trial {
  return {
    ...size,
    name,
    argv: () => rackbenchArgv(lab, ['inventory', '--format', 'json']),
    settings: (url) => ({ type: 'http', list: `${url}/servers`, item: `${url}/servers/{id}`, ids: '/servers', concurrency: workers, ...fields }),
    calls: size.servers + 1,
  }
}

const seconds = (ms: number) => ({ value: ms / 1000, unit: 's' })
const middle = (readings: readonly Reading[], of: keyof Reading): number => median(readings.map((reading) => reading[of]))

async function slowCalls(lab: Lab): Promise<readonly Result[]> {
  const servers = scaled(1000, lab)
  const readings: Reading[] = []
  for (let round = 1; round <= rounds; round++) readings.push(await read(lab, ours(lab, `slow-${round}`, { servers, delayMs })))
  lab.say(`inventory: ${servers} calls of ${delayMs} ms: ${readings.map(({ spanMs }) => (spanMs / 1000).toFixed(2)).join(', ')} s`)
  const ideal = { what: `the calls for the servers, ${workers} at a time`, ...seconds((servers / workers) * delayMs) }
  const what = `1 + ${servers.toLocaleString('en')} calls of ${delayMs} ms`
  return [
    beside({ what: `${what}, from the first request to the last answer`, figure: seconds(middle(readings, 'spanMs')), target: { is: 'at most', value: 1.15 } }, 'times as much', ideal),
    beside({ what: `${what}, the whole command`, figure: seconds(middle(readings, 'wallMs')) }, 'times as much', ideal),
  ]
}

async function fastCalls(lab: Lab): Promise<readonly Result[]> {
  const servers = scaled(20_000, lab)
  const mine: Reading[] = []
  const pythons: Reading[] = []
  // One after the other, so that both meet the same noise.
  for (let round = 1; round <= rounds; round++) {
    const python = (url: string) => ['python3', join(lab.checkout, 'bench/usage.py'), join(lab.checkout, 'bench/inventory.py'), new URL(url).host] as const
    mine.push(await read(lab, ours(lab, `fast-${round}`, { servers, delayMs: 0 })))
    pythons.push(await read(lab, { ...ours(lab, `python-${round}`, { servers, delayMs: 0 }), argv: python }))
    lab.say(`inventory: round ${round} of ${rounds}: ${(mine.at(-1)!.spanMs / 1000).toFixed(2)} s, Python ${(pythons.at(-1)!.spanMs / 1000).toFixed(2)} s`)
  }
  const what = `1 + ${servers.toLocaleString('en')} calls answered at once`
  const python = (of: keyof Reading) => ({ what: 'bench/inventory.py', ...seconds(middle(pythons, of)) })
  return [
    beside({ what: `${what}, from the first request to the last answer`, figure: seconds(middle(mine, 'spanMs')), target: { is: 'at least', value: 3 } }, 'times faster', python('spanMs')),
    beside({ what: `${what}, the whole command`, figure: seconds(middle(mine, 'wallMs')) }, 'times faster', python('wallMs')),
    beside({ what: `${what}, CPU`, figure: seconds(middle(mine, 'cpuMs')) }, 'times faster', python('cpuMs')),
  ]
}

async function memory(lab: Lab): Promise<readonly Result[]> {
  const servers = scaled(100_000, lab)
  const byItem = ours(lab, 'by-item', { servers, delayMs: 0 })
  const inPages: Trial = { ...byItem, name: 'in-pages', settings: (url) => ({ type: 'http', list: `${url}/pages?offset=0`, ids: '/results', next: '/next', ...fields }), calls: Math.ceil(servers / 1000) }
  const results: Result[] = []
  for (const trial of [byItem, inPages]) {
    const { peakBytes } = await read(lab, trial)
    results.push(alone({ what: `peak memory, ${servers.toLocaleString('en')} servers ${trial.name.replace('-', ' ')}`, figure: { value: peakBytes / 1e6, unit: 'MB' }, target: { is: 'at most', value: mostMegabytes } }))
  }
  return results
}
