import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../model/clock.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'
import type { Connect } from './remote.ts'
import { addressOf } from './ssh-address.ts'
import { hostKeysOfInstall, ownHostKeys } from './ssh-host-keys.ts'
import type { Login } from './ssh-ready.ts'
import { waitForLogin } from './ssh-ready.ts'
import type { Patience } from './ssh-remote.ts'
import { remoteOver } from './ssh-remote.ts'
import type { SshSettings } from './ssh-settings.ts'

export interface SshWorld {
  readonly clock: Clock
  /** What ssh inherits: `PATH` finds it, `SSH_AUTH_SOCK` its agent. */
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** The run directory, absolute; the host keys of its installs are kept there. */
  readonly directory: string
  readonly patience?: Partial<Patience & { readonly aliveSeconds: number }>
}

/** What is longer than a server under full load takes to answer. */
const usualAliveSeconds = 120
const usualPatience: Patience = { deadSeconds: 300, doubtMs: 8000, restMs: 500 }

/** Waits until servers let us in, and gives a shell on them. */
export function connectBySsh(settings: Omit<SshSettings, 'commands'>, world: SshWorld): Connect {
  const { aliveSeconds = usualAliveSeconds, ...patience } = world.patience ?? {}
  return async (server, context) => {
    const login = loginTo(server, context, settings, { ...world, aliveSeconds })
    await mkdir(login.hostKeys.directory, { recursive: true })
    await waitForLogin(login, context)
    return remoteOver(login, { ...usualPatience, ...patience })
  }
}

function loginTo(server: Server, context: StepContext, settings: Omit<SshSettings, 'commands'>, world: SshWorld & { readonly aliveSeconds: number }): Login {
  const { user, address, port, identityFile, readyMs, knownHosts } = settings
  const { clock, env, directory, aliveSeconds } = world
  const hostKeys = knownHosts === 'strict' ? ownHostKeys(process.cwd()) : hostKeysOfInstall(join(directory, 'known_hosts'), server, context)
  return {
    target: { user, address: addressOf(server, context.installed, address), port, identityFile, aliveSeconds },
    hostKeys,
    program: { clock, env, directory: hostKeys.directory },
    readyMs,
  }
}
