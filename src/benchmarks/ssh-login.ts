import { randomBytes } from 'node:crypto'
import { DefectError } from '../model/fault.ts'
import type { SshTarget } from './ssh-arguments.ts'
import { sshArguments } from './ssh-arguments.ts'
import type { SshProgram } from './ssh-call.ts'
import { callSsh } from './ssh-call.ts'
import type { Refusal } from './ssh-said.ts'
import { refusalOf } from './ssh-said.ts'

/** The way to a server, as ssh_config has it. */
export interface Way {
  readonly host: string
  readonly port: number
  /** Whether there is a jump host, or another program, on the way: then nobody but ssh can reach it. */
  readonly isProxied: boolean
}

const limitMs = 30_000

/**
 * What ssh_config says of the way to a server.
 *
 * @throws DefectError if ssh cannot be run, or does not take its configuration.
 */
export async function wayTo(target: SshTarget, program: SshProgram, signal: AbortSignal): Promise<Way> {
  const { end, stdout, stderr } = await callSsh(sshArguments(target, [], [], ['-G']), program, { signal, limitMs })
  signal.throwIfAborted()
  if (end.is === 'not started') throw new DefectError(`cannot run ssh: ${end.error.code ?? end.error.message}`)
  if (end.is !== 'exited' || end.code !== 0) throw new DefectError(`ssh does not take its configuration: ${stderr.join('; ') || 'it does not say why'}`)
  const settings = new Map(stdout.map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]))
  const isSet = (name: string): boolean => !['', 'none'].includes(settings.get(name) ?? '')
  return { host: settings.get('hostname') ?? target.address, port: Number(settings.get('port') ?? 22), isProxied: isSet('proxyjump') || isSet('proxycommand') }
}

/** Logs in once, and has a shell say a word, in a line of its own also after what a login shell prints. Answers with why that did not work. */
export async function tryLogin(target: SshTarget, hostKeyOptions: readonly string[], program: SshProgram, { signal, isProxied }: { readonly signal: AbortSignal; readonly isProxied: boolean }): Promise<Refusal | undefined> {
  const word = randomBytes(12).toString('hex')
  const answer = await callSsh(sshArguments(target, hostKeyOptions, [`exec /bin/sh -c 'echo; echo ${word}'`]), program, { signal, limitMs })
  return answer.stdout.includes(word) ? undefined : refusalOf(answer, isProxied)
}
