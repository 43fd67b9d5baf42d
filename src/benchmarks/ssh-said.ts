import { stripEscapes } from '../model/escape.ts'
import type { SshAnswer } from './ssh-call.ts'

/**
 * Why ssh let nobody in. `setup`: of this machine, at once and for good. `refused`: the key, or the account. `host key`: not the
 * one that is known. `name`: no such name here. `way`: the network or the jump host on the way. `away`: the server itself does not answer, or not yet.
 */
export interface Refusal {
  readonly is: 'setup' | 'refused' | 'host key' | 'name' | 'way' | 'away'
  /** In its words. */
  readonly said: string
}

/** The first that matches any line decides. */
const meanings: readonly (readonly [RegExp, Refusal['is']])[] = [
  [/bad configuration option|bad owner or permissions|can't open user config file|terminating, \d+ bad|keyword .* extra arguments|unsupported option|percent_expand|unknown key type|no such file or directory: .*config/i, 'setup'],
  [/host key for .+ has changed|no .{1,40} host key is known/i, 'host key'],
  [/host key verification failed|remote host identification has changed/i, 'host key'],
  [/permission denied|too many authentication failures|no supported authentication methods|authentication failed|account (?:is|has) |password (?:has expired|change required)|no matching (?:host key type|key exchange method|cipher|MAC)|unable to negotiate/i, 'refused'],
  [/could not resolve hostname|name or service not known|temporary failure in name resolution/i, 'name'],
  [/network is unreachable|network is down|cannot assign requested address|administratively prohibited/i, 'way'],
  [/open failed: connect failed|stdio forwarding failed/i, 'away'],
]

/** What ssh says of a connection that ends, where that tells nothing about why. */
const saysNothing = /^\s*$|^connection closed by unknown port/i

/** Says why ssh let nobody in. @param isProxied Whether there is a jump host, or another program, on the way. */
export function refusalOf({ end, stdout, stderr, tooLong }: SshAnswer, isProxied: boolean): Refusal {
  if (end.is === 'not started') return { is: 'setup', said: `cannot run ssh: ${end.error.code ?? end.error.message}` }
  const lines = stderr.map((line) => stripEscapes(line).trim())
  for (const [pattern, is] of meanings) {
    const found = lines.findLast((line) => pattern.test(line))
    if (found !== undefined) return { is, said: found }
  }
  if (tooLong) return { is: 'away', said: 'the login does not come to an end' }
  const last = lines.findLast((line) => !saysNothing.test(line))
  // It came to the end of a login, and there was no shell that does as it is told.
  if (end.is === 'exited' && end.code !== 255) return { is: 'refused', said: `the login works, but no shell: ${last ?? stdout.findLast((line) => line.trim() !== '') ?? `exit code ${end.code}`}` }
  return { is: isProxied && lines.some((line) => /closed by unknown port|connect to host/i.test(line)) ? 'way' : 'away', said: last ?? 'ssh did not say why' }
}
