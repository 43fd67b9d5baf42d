import { execFile } from 'node:child_process'
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Ask } from './ask.ts'
import { askAt } from './ask.ts'
import type { IronicOptions, Site } from './configuration.ts'
import { configurationOf, slowConfigurationOf, slowHost } from './configuration.ts'
import type { Daemon } from './daemon.ts'
import { freePort, python, runIronic, startDaemon } from './daemon.ts'

/** A conductor: what works on the nodes. */
interface Conductor {
  /** Ends it at once, in the middle of what it does. */
  readonly kill: () => Promise<void>
  /** Starts it anew, after it was killed; resolves when it works again. */
  readonly restart: () => Promise<void>
}

/** A real Ironic on loopback, with nodes that are no machines. Disposing of it ends its processes and removes its files, whatever they are at. */
export interface RealIronic extends AsyncDisposable {
  readonly url: string
  readonly ask: Ask
  readonly conductor: Conductor
  /** Adds nodes that are like one that is there but for their names: what would take minutes by the API. */
  readonly multiply: (name: string, names: readonly string[]) => Promise<void>
  /** What the API was asked since the start, one line a request: `GET /v1/nodes?limit=100 200`. */
  readonly requests: () => Promise<readonly string[]>
}

const longestStartMs = 60_000
/** In memory where there is such a place: what is tried is no power failure. */
const root = await access('/dev/shm', constants.W_OK).then(() => '/dev/shm', () => tmpdir())

/** @throws Error if it is not ready within a minute. */
export async function startIronic(options: IronicOptions = {}): Promise<RealIronic> {
  const site: Site = { directory: await mkdtemp(join(root, 'rackbench-ironic-')), port: await freePort('127.0.0.1'), rpcPort: await freePort('127.0.0.1', slowHost) }
  const { directory } = site
  const daemons = new Map<string, Daemon>()
  const dispose = async (): Promise<void> => {
    await Promise.all([...daemons.values()].map((daemon) => daemon.kill()))
    await rm(directory, { recursive: true, maxRetries: 3 })
  }
  try {
    await prepare(options, site)
    const url = `http://127.0.0.1:${site.port}`
    const ask = askAt(url, options.login)
    const configured = ['--config-file', join(directory, 'ironic.conf')]
    let started = 0
    const start = (name: string, ...more: readonly string[]): void => {
      const program = name.replace(/-.*/, '')
      daemons.set(name, startDaemon(program, [...configured, ...more], join(directory, `${name}-${++started}.log`)))
    }
    const conductors = options.slowDelay === undefined ? ['conductor'] : ['conductor', 'conductor-slow']
    start('api')
    start('conductor')
    await ready(daemons, ['conductor'], ask)
    // Two that register at once may be in each other's way.
    if (options.slowDelay !== undefined) start('conductor-slow', '--config-file', join(directory, 'slow.conf'))
    await ready(daemons, conductors, ask)
    const conductor: Conductor = {
      kill: async () => daemons.get('conductor')!.kill(),
      async restart() {
        start('conductor')
        await ready(daemons, conductors, ask)
      },
    }
    const multiply = (name: string, names: readonly string[]): Promise<void> => copyNode(join(directory, 'ironic.sqlite'), name, names)
    return { url, ask, conductor, multiply, requests: async () => requestsIn(await readFile(daemons.get('api')!.log, 'utf8')), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function prepare(options: IronicOptions, site: Site): Promise<void> {
  const file = join(site.directory, 'ironic.conf')
  await writeFile(file, configurationOf(options, site))
  if (options.slowDelay !== undefined) await writeFile(join(site.directory, 'slow.conf'), slowConfigurationOf(options.slowDelay))
  if (options.login) await writeFile(join(site.directory, 'htpasswd'), await htpasswdOf(options.login))
  // Not `upgrade`: SQLite cannot alter what that wants to.
  await runIronic('dbsync', ['--config-file', file, 'create_schema'])
}

/** Ironic takes bcrypt only. */
async function htpasswdOf({ user, password }: NonNullable<IronicOptions['login']>): Promise<string> {
  const code = 'import bcrypt, sys; print(sys.argv[1] + ":" + bcrypt.hashpw(sys.argv[2].encode(), bcrypt.gensalt(4)).decode())'
  return (await promisify(execFile)(python, ['-Es', '-c', code, user, password])).stdout
}

/** The API alone may still list a conductor of before as alive. */
async function ready(daemons: ReadonlyMap<string, Daemon>, conductors: readonly string[], ask: Ask): Promise<void> {
  const deadline = performance.now() + longestStartMs
  for (;;) {
    const ends = [...daemons.values()].flatMap((daemon) => daemon.end() ?? [])
    if (ends.length > 0) throw new Error(ends.join('; '))
    const logs = await Promise.all(conductors.map((name) => readFile(daemons.get(name)!.log, 'utf8').catch(() => '')))
    if (logs.every((log) => log.includes('Created RPC server with')) && (await aliveIn(ask)) >= conductors.length) return
    if (performance.now() > deadline) throw new Error(`Ironic is not ready after ${longestStartMs / 1000} s: ${[...daemons.values()].map(({ log }) => log).join(' ')}`)
    await sleep(50)
  }
}

async function aliveIn(ask: Ask): Promise<number> {
  const { conductors } = (await ask('GET', '/v1/conductors').catch(() => ({ conductors: [] }))) as { conductors: { alive: boolean }[] }
  return conductors.filter(({ alive }) => alive).length
}

/** Copies the row of a node, with a UUID of its own. */
async function copyNode(database: string, name: string, names: readonly string[]): Promise<void> {
  const code = `
import sqlite3, sys, uuid
base = sqlite3.connect(sys.argv[1], timeout=30)
columns = [row[1] for row in base.execute('PRAGMA table_info(nodes)') if row[1] != 'id']
row = base.execute('SELECT %s FROM nodes WHERE name = ?' % ','.join(columns), [sys.argv[2]]).fetchone()
for name in sys.argv[3:]:
    own = dict(zip(columns, row), name=name, uuid=str(uuid.uuid4()))
    base.execute('INSERT INTO nodes (%s) VALUES (%s)' % (','.join(columns), ','.join('?' * len(columns))), [own[column] for column in columns])
base.commit()
`
  await promisify(execFile)(python, ['-Es', '-c', code, database, name, ...names])
}

function requestsIn(log: string): string[] {
  return [...log.matchAll(/"([A-Z]+ \S+) HTTP\/1\.[01]" status: (\d+)/g)].map(([, request, status]) => `${request} ${status}`)
}
