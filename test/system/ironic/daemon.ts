import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
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
  const said = createWriteStream(`${log}.out`)
  child.stdout.pipe(said, { end: false })
  child.stderr.pipe(said, { end: false })
  let end: string | undefined
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
    end = `${program} ended with ${String(code ?? signal)}: see ${log}`
  }, (error: Error) => {
    end = error.message
  })
  return {
    log,
    end: () => end,
    async kill() {
      if (child.pid !== undefined && end === undefined) process.kill(-child.pid, 'SIGKILL')
      await ended
      said.end()
    },
  }
}

/** A port that is free on all of these addresses. */
export async function freePort(...hosts: readonly string[]): Promise<number> {
  for (;;) {
    const port = await listenBriefly(0, hosts[0])
    const others = await Promise.all(hosts.slice(1).map((host) => listenBriefly(port, host).catch(() => undefined)))
    if (!others.includes(undefined)) return port
  }
}

async function listenBriefly(port: number, host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return taken
}
