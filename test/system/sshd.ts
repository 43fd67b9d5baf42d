import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { bearing, descendants } from '../fixtures/processes.ts'

const call = promisify(execFile)
const program = '/usr/sbin/sshd'

/** Why no test can start an sshd here; nothing if it can. */
export const whyNoSshd = [program, '/usr/bin/ssh', '/usr/bin/ssh-keygen'].filter((file) => !existsSync(file)).map((file) => `${file} is not there: install openssh-server and openssh-client`).join('; ')

/** An sshd of our own on loopback, which lets in whoever runs the tests by one key. */
export interface Sshd extends AsyncDisposable {
  readonly address: string
  readonly port: number
  readonly user: string
  /** The private key that is let in. */
  readonly identityFile: string
  /** A private key that is not. */
  readonly otherIdentityFile: string
  /** Temporary, gone at the end: for whatever a test needs. */
  readonly folder: string
  /** `PATH` finds an `ssh` that knows nothing of the user's configuration, agent and known hosts: it reads only `ssh_config` in `folder`, empty at first. */
  readonly env: Readonly<Record<string, string>>
  /** Cuts all connections, as a machine does that loses its power; what was started by them goes on. */
  readonly cut: () => Promise<void>
  /** Lets nobody in any more, and cuts no connection. */
  readonly stop: () => Promise<void>
  /** Listens again, after `stop`. */
  readonly start: () => Promise<void>
  /** From the next start on it has another host key, as after an install. */
  readonly changeHostKey: () => Promise<void>
  /** What the logins have started and still lives. */
  readonly left: () => ReturnType<typeof bearing>
}

interface Options {
  /** Several can be started on addresses of their own. */
  readonly address?: string
  /** Environment of what is run on it. */
  readonly env?: Readonly<Record<string, string>>
  /** More lines for `sshd_config`. */
  readonly config?: readonly string[]
}

/** Starts an sshd as the user who runs the tests. */
export async function startSshd({ address = '127.0.0.1', env = {}, config = [] }: Options = {}): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'rackbench-sshd-'))
  const mark = randomUUID()
  const [port] = await Promise.all([freePort(address), makeFolder(folder), privilegeSeparation()])
  const settings = [
    `ListenAddress ${address}`, `Port ${port}`, `HostKey ${folder}/host_key`, 'PidFile none', `AuthorizedKeysFile ${folder}/authorized_keys`,
    'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'PermitRootLogin yes', 'MaxStartups 200', 'PrintMotd no',
    `SetEnv ${Object.entries({ ...env, MARK: mark }).map(([name, value]) => `"${name}=${value}"`).join(' ')}`, ...config,
  ]
  await writeFile(join(folder, 'sshd_config'), `${settings.join('\n')}\n`)
  let listener: ChildProcess = await listen(folder)
  const connections = new Set<number>()

  /** The processes of an sshd that hold connections; they go on when it stops. */
  async function note(): Promise<void> {
    const below = await descendants(listener.pid!)
    for (const { pid, command } of below) if (command.startsWith('sshd')) connections.add(pid)
  }
  async function cut(): Promise<void> {
    await note()
    for (const pid of connections) end(pid, 'SIGKILL')
    connections.clear()
  }
  async function stop(): Promise<void> {
    await note()
    if (listener.exitCode !== null || listener.signalCode !== null) return
    const gone = once(listener, 'exit')
    listener.kill('SIGTERM')
    await gone
  }
  return {
    address,
    port,
    user: userInfo().username,
    identityFile: join(folder, 'key'),
    otherIdentityFile: join(folder, 'other_key'),
    folder,
    env: { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` },
    cut,
    stop,
    async start() {
      listener = await listen(folder)
    },
    async changeHostKey() {
      await Promise.all([rm(join(folder, 'host_key')), rm(join(folder, 'host_key.pub'))])
      await makeKey(folder, 'host_key')
    },
    left: () => bearing(`MARK=${mark}`),
    async [Symbol.asyncDispose]() {
      await stop()
      await cut()
      for (const { pid } of await bearing(`MARK=${mark}`)) end(pid, 'SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(join(folder, 'bin'))
  await Promise.all([
    ...['host_key', 'key', 'other_key'].map((name) => makeKey(folder, name)),
    writeFile(join(folder, 'ssh_config'), ''),
    writeFile(join(folder, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${folder}/ssh_config' "$@"\n`),
  ])
  await chmod(join(folder, 'bin/ssh'), 0o755)
  await copyFile(join(folder, 'key.pub'), join(folder, 'authorized_keys'))
}

async function makeKey(folder: string, name: string): Promise<void> {
  await call('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)])
}

/** An sshd that root starts wants this directory, which the system's own makes when it boots. */
async function privilegeSeparation(): Promise<void> {
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
}

async function listen(folder: string): Promise<ChildProcess> {
  const child = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'], env: {} })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    if (line.startsWith('Server listening')) {
      child.stderr.resume()
      return child
    }
  }
  throw new Error(`sshd did not start: ${said.join('; ')}`)
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone already.
  }
}
