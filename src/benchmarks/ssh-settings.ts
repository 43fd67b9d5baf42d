import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { describeIssues, UsageError } from '../model/problem.ts'
import type { Commands } from './commands.ts'
import { commandsSchema } from './commands.ts'
import { duration, usualSilenceMs } from './common-options.ts'

/** What begins with a hyphen would be an option; what a shell takes for more than a word could be run by a ProxyCommand that has %r in it. */
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}$/

/** The settings of the benchmark `ssh`, as they are written. */
export const sshSettingsSchema = z.strictObject({
  user: z.string().regex(userPattern, 'is no name of a user').describe('who logs in'),
  address: z.string().min(1).max(1024).describe('{id} and {label.NAME} are replaced; without it, the address that the install told, or that of the server').exactOptional(),
  port: z.int().min(1).max(65_535).describe('without it, what ssh_config says, or 22').exactOptional(),
  identityFile: z.string().refine((file) => (isAbsolute(file) || file.startsWith('~/')) && !file.includes('\0'), { message: 'expected an absolute path, or one that begins with ~/' }).describe('private key; without it, what ssh_config and the agent have').exactOptional(),
  ready: duration('10m').describe('how long a server that was just installed may take to let us in').exactOptional(),
  silence: duration('15m').describe('a command that prints no line for so long is stopped').exactOptional(),
  knownHosts: z.enum(['accept-new', 'strict']).describe('accept-new: each install has a host key of its own, learnt at the first login; strict: your own known_hosts knows them').meta({ default: 'accept-new' }).exactOptional(),
  commands: commandsSchema.describe('what is measured: profiles, and commands of your own'),
})
const schema = z.object({ benchmark: sshSettingsSchema })

/** What the benchmark `ssh` is told, commands aside. */
export interface SshSettings {
  readonly user: string
  /** With `{id}` and `{label.NAME}` in it. */
  readonly address: string | undefined
  readonly port: number | undefined
  /** Absolute. */
  readonly identityFile: string | undefined
  readonly readyMs: number
  readonly silenceMs: number
  readonly knownHosts: 'accept-new' | 'strict'
  readonly commands: Commands
}

/**
 * Reads the settings of the benchmark `ssh`.
 *
 * @param env `HOME` is what `~` stands for.
 * @throws UsageError with a line for each thing that is wrong or missing in them.
 */
export function readSshSettings(settings: unknown, { HOME: home = '/' }: Readonly<NodeJS.ProcessEnv>): SshSettings {
  const parsed = schema.safeParse({ benchmark: settings })
  if (!parsed.success) {
    const known = `; the settings of ssh are ${Object.keys(sshSettingsSchema.shape).join(', ')}`
    throw new UsageError(describeIssues(parsed.error, { benchmark: settings }, (_key, path) => (path === 'benchmark' ? known : '')))
  }
  const { user, address, port, identityFile, ready = 600_000, silence = usualSilenceMs, knownHosts = 'accept-new', commands } = parsed.data.benchmark
  return { user, address, port, identityFile: identityFile?.replace(/^~(?=\/)/, () => home), readyMs: ready, silenceMs: silence, knownHosts, commands }
}
