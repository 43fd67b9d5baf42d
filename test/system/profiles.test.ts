import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandsSchema, metricKindsOf, readCommands } from '../../src/benchmarks/commands.ts'
import type { MeasuredCommand } from '../../src/benchmarks/measured-command.ts'
import type { RemoteOutput } from '../../src/benchmarks/remote.ts'
import { ssh } from '../../src/benchmarks/ssh.ts'
import { systemClock } from '../../src/model/clock.ts'
import { commandOf, refusal } from '../fixtures/one-command.ts'
import { server, trial } from '../fixtures/ssh-trial.ts'
import { startSshd, whyNoSshd } from './sshd.ts'

const call = promisify(execFile)
const isThere = (tool: string): boolean => (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
const absent = ['sysbench', 'mbw', 'fio', 'stress-ng', 'iperf3'].filter((tool) => !isThere(tool))
const why = absent.length === 0 ? '' : `(not installed: ${absent.join(', ')})`

let folder = ''
let port = 0
let stopPeer = (): Promise<unknown> => Promise.resolve()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackbench-profiles-'))
  if (absent.length > 0) return
  port = await freePort()
  const peer = spawn('iperf3', ['-s', '-B', '127.0.0.1', '-p', String(port), '--forceflush'], { stdio: ['ignore', 'pipe', 'ignore'] })
  stopPeer = () => (peer.kill('SIGKILL'), once(peer, 'exit'))
  for await (const line of createInterface(peer.stdout)) if (line.startsWith('Server listening')) break
  peer.stdout.resume()
})
afterAll(async () => {
  await stopPeer()
  await rm(folder, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port: free } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return free
}

/** Each profile, as short as it gets. */
const profiles = (): Readonly<Record<string, unknown>>[] => [
  { profile: 'cpu', seconds: 1 },
  { profile: 'memory', seconds: 1, tests: ['read', 'write', 'copy'] },
  { profile: 'disk', seconds: 1, size: '16m', directory: folder, tests: ['randread', 'randwrite', 'read', 'write'] },
  { profile: 'stress', seconds: 2, memory: '16m' },
  { profile: 'network', peer: '127.0.0.1', port, seconds: 1, streams: 2 },
]

/** Runs a script as a server does, in a process group of its own; `onStarted` may end it. */
async function carryOut({ script }: MeasuredCommand, onStarted: (pid: number) => Promise<void> = async () => {}): Promise<RemoteOutput> {
  const child = spawn('/bin/sh', ['-c', script], { cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code, signal], stdout, stderr] = await Promise.all([once(child, 'exit') as Promise<[number | null, string | null]>, text(child.stdout), text(child.stderr), onStarted(child.pid!)])
  return { exitCode: code ?? (signal === 'SIGTERM' ? 143 : 137), stdout, stderr }
}

/** Metrics are positive, and the declared ones; a line that was not sent again is none of the worse. */
function expectDeclared(command: Pick<MeasuredCommand, 'metrics'>, metrics: Readonly<Record<string, number>>): void {
  expect(Object.keys(metrics)).toEqual(Object.keys(command.metrics))
  expect(Object.entries(metrics).filter(([name, value]) => !(Number.isFinite(value) && (value > 0 || name.endsWith('retransmits'))))).toEqual([])
}

/** Resolves when fio has begun to work in a scratch folder of its own. */
async function fioWorks(directory: string): Promise<void> {
  for (;;) {
    const scratch = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('/data'))
    if (scratch.length > 0) return
    await sleep(10)
  }
}

/** A machine that does other things, too, takes its time. */
const timeout = 300_000

describe.skipIf(why !== '')(`the real tools ${why}`, { timeout }, () => {
  test.each(['cpu', 'memory', 'disk', 'stress', 'network'])('%s gives finite metrics, those that it has declared', async (name) => {
    const command = commandOf(profiles().find(({ profile }) => profile === name))
    const output = await carryOut(command)
    expectDeclared(command, command.parse(output))
    expect(await readdir(folder)).toEqual([])
  })

  test('a scratch file is removed, however it ends', async () => {
    const command = commandOf({ profile: 'disk', size: '16m', seconds: 600, directory: folder })
    const group = async (pid: number): Promise<void> => fioWorks(folder).then(() => void process.kill(-pid, 'SIGTERM'))
    const shell = async (pid: number): Promise<void> => fioWorks(folder).then(() => void process.kill(pid, 'SIGTERM'))
    const fio = async (pid: number): Promise<void> => {
      await fioWorks(folder)
      const { stdout } = await call('pgrep', ['-P', String(pid), 'fio'])
      process.kill(Number(stdout), 'SIGKILL')
    }
    for (const [end, exitCode] of [[group, 143], [shell, 143], [fio, 137]] as const) {
      const output = await carryOut(command, end)
      expect([output.exitCode, await readdir(folder)]).toEqual([exitCode, []])
      expect(refusal(() => command.parse(output))).toMatch(/^MeasurementError: fio ended with 1/)
    }
  })

  test('a full disk is no measurement, and is as empty as before', async ({ skip }) => {
    const small = join(folder, 'small')
    await mkdir(small)
    try {
      if (!(await call('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]).then(() => true, () => false))) skip('only root may mount a small file system')
      const command = commandOf({ profile: 'disk', size: '16m', seconds: 1, directory: small })
      const output = await carryOut(command)
      expect(refusal(() => command.parse(output))).toBe('MeasurementError: fio: randread: No space left on device')
      expect(await readdir(small)).toEqual([])
    } finally {
      await call('umount', [small]).catch(() => {})
      await rm(small, { recursive: true })
    }
  })

  test('a directory that is not there is told in the words of mktemp', async () => {
    const command = commandOf({ profile: 'disk', directory: '/nonexistent' })
    const output = await carryOut(command)
    expect(refusal(() => command.parse(output))).toBe('MeasurementError: fio ended with 1: mktemp: failed to create directory via template ‘/nonexistent/rackbench-XXXXXXXX’: No such file or directory'.replaceAll(/[‘’]/g, "'"))
  })

  test('a peer that measures another server is waited for', async () => {
    const other = spawn('iperf3', ['-c', '127.0.0.1', '-p', String(port), '-t', '3', '--forceflush'], { stdio: ['ignore', 'pipe', 'ignore'] })
    for await (const line of createInterface(other.stdout)) if (line.includes('connected to')) break
    other.stdout.resume()
    const command = commandOf({ profile: 'network', peer: '127.0.0.1', port, seconds: 1, tests: ['receive'] })
    const output = await carryOut(command)
    expect(output.stderr).toMatch(/^(?:iperf3: the peer measures another server, waiting\n)+$/)
    expectDeclared(command, command.parse(output))
  })

  test('a peer that is busy for longer than may be waited is told', async () => {
    const other = spawn('iperf3', ['-c', '127.0.0.1', '-p', String(port), '-t', '6', '--forceflush'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const gone = once(other, 'exit')
    for await (const line of createInterface(other.stdout)) if (line.includes('connected to')) break
    other.stdout.resume()
    const command = commandOf({ profile: 'network', peer: '127.0.0.1', port, seconds: 1, wait: '1s' })
    const output = await carryOut(command)
    expect(refusal(() => command.parse(output))).toBe('MeasurementError: iperf3: the server is busy running a test. try again later')
    other.kill('SIGKILL')
    await gone
  })
})

describe.skipIf(why !== '' || whyNoSshd !== '')(`the real tools over a real sshd ${why}${whyNoSshd}`, { timeout }, () => {
  test('all profiles, one after the other, give what they have declared', async () => {
    await using sshd = await startSshd()
    const commands = profiles()
    const { user, port: sshPort, identityFile, env } = sshd
    const benchmark = ssh({ user, port: sshPort, identityFile, commands }, { clock: systemClock, env, directory: join(sshd.folder, 'run') })
    const metrics = await benchmark.run(server, trial().context)
    expectDeclared({ metrics: metricKindsOf(readCommands(commandsSchema.parse(commands))) }, metrics as Readonly<Record<string, number>>)
    expect(await readdir(folder)).toEqual([])
  })
})
