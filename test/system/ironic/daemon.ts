import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

/** Debian's, which has Ironic's modules; whatever else is found first. */
export const python = '/usr/bin/python3'

/** A program of Ironic's, which the package has no command for; it dies with whoever started it (PR_SET_PDEATHSIG). */
const launch = `
import ctypes, importlib, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
name = sys.argv[1]
sys.argv[:] = ['ironic-' + name] + sys.argv[2:]
sys.exit(importlib.import_module('ironic.cmd.' + name).main())
`
/** Its calls among its own processes must not take a proxy. */
const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', no_proxy: '*' }

function argvOf(program: string, args: readonly string[]): string[] {
  return ['-Es', '-c', launch, program, ...args]
}

/** Why there can be no real Ironic here; nothing if there can. */
export async function whyNoIronic(): Promise<string | undefined> {
  return promisify(execFile)(python, ['-Es', '-c', 'import ironic.cmd']).then(() => undefined, () => `there is no Ironic: install the Debian package python3-ironic, for ${python}`)
}

/** Runs one of Ironic's programs to its end. */
export async function runIronic(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(python, argvOf(program, args), { env: environment })
}

export interface Daemon {
  readonly log: string
  /** How it ended; nothing as long as it lives. */
  readonly end: () => string | undefined
  /** Ends it and its children at once, as an unplugged machine would. */
  readonly kill: () => Promise<void>
}

/** Starts one of Ironic's daemons in a process group of its own. */
export function startDaemon(program: string, args: readonly string[], log: string): Daemon {
  const child = spawn(python, argvOf(program, [...args, '--log-file', log]), { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-2000)))
  let end: string | undefined
  const ended = once(child, 'close').then(
    ([code, signal]: unknown[]) => (end = `${program} ended with ${String(code ?? signal)}: ${said}`),
    (error: Error) => (end = error.message),
  )
  return {
    log,
    end: () => end,
    async kill() {
      if (child.pid !== undefined && end === undefined) process.kill(-child.pid, 'SIGKILL')
      await ended
    },
  }
}

/** A port that is free on all of these addresses. It lies below those that connections get, which would take it before it is listened on. */
export async function freePort(...hosts: readonly string[]): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const free = await Promise.all(hosts.map((host) => canListen(port, host)))
    if (!free.includes(false)) return port
  }
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
