import { stripEscapes } from '../model/escape.ts'
import type { SshAnswer } from './ssh-call.ts'

/**
 * Why ssh let nobody in. `setup`: ssh cannot be run. `refused`: the key, or the account. `host key`: not the
 * one that is known. `name`: no such name here. `way`: the network or the jump host on the way. `away`: the server itself does not answer, or not yet.
 */
export interface Refusal {
  readonly is: 'setup' | 'refused' | 'host key' | 'name' | 'way' | 'away'
  /** In its words. */
  readonly said: string
}

/** The first that matches any line decides. */
const meanings: readonly (readonly [RegExp, Refusal['is']])[] = [
  [/host key for .+ has changed|no .{1,40} host key is known/i, 'host key'],
  [/host key verification failed|remote host identification has changed/i, 'host key'],
  [/permission denied|too many authentication failures|no supported authentication methods|authentication failed|account (?:is|has) |password (?:has expired|change required)|no matching (?:host key type|key exchange method|cipher|MAC)|unable to negotiate/i, 'refused'],
  [/could not resolve hostname|name or service not known|temporary failure in name resolution/i, 'name'],
  [/network is unreachable|network is down|cannot assign requested address|administratively prohibited/i, 'way'],
  [/open failed: connect failed/i, 'away'],
  [/stdio forwarding failed/i, 'away'],
]

/** What ssh says of a private key that it cannot use. */
const keyUnusable = /^(?:load key |identity file .+ not accessible)/i
/** What ssh says where it has not come as far as the server: a jump host did not answer, or what is on the way has ended. */
const endOfWay = /closed by unknown port|kex_exchange_identification/i
const jumpAway = /connect to host/i
/** What it says of a server that does not answer, or not as an sshd that is well. */
const serverAway = /connect to host|connection (?:refused|reset|closed|timed out|to .+ timed out)|no route to host|host is down|kex_exchange_identification|banner|broken pipe|(?:received disconnect|disconnected) from|timeout, server/i
/** What ssh says when a connection that it had is gone. One that was ended by a signal says nothing. */
const cut = /closed by remote host|connection (?:to .+ )?(?:closed|reset|timed out)|broken pipe|timeout, server .+ not responding|client_loop|ssh_dispatch_run_fatal|(?:read from|write to) remote host|packet_write|bad packet|corrupted mac/i

/** The words of ssh for why a connection was cut, if it was not ended by a signal. */
export function cutOf(lastError: string): string | undefined {
  return cut.test(lastError) ? stripEscapes(lastError).trim() : undefined
}

/** Says why ssh let nobody in. @param isProxied Whether there is a jump host, or another program, on the way. */
export function refusalOf({ end, stdout, stderr, tooLong }: SshAnswer, isProxied: boolean): Refusal {
  if (end.is === 'not started') return { is: 'setup', said: `cannot run ssh: ${end.error.code ?? end.error.message}` }
  const lines = stderr.map((line) => stripEscapes(line).trim()).filter((line) => line !== '')
  for (const [pattern, is] of meanings) {
    const found = lines.findLast((line) => pattern.test(line))
    // What is wrong with the key file, which the server cannot know, is said before.
    const key = is === 'refused' ? lines.findLast((line) => keyUnusable.test(line) && line !== found) : undefined
    if (found !== undefined) return { is, said: key === undefined ? found : `${found} (${key})` }
  }
  if (tooLong) return { is: isProxied ? 'way' : 'away', said: 'the login does not come to an end' }
  const last = lines.findLast((line) => jumpAway.test(line)) ?? lines.findLast((line) => !endOfWay.test(line)) ?? lines[0] ?? stdout.findLast((line) => line.trim() !== '')
  // It came to the end of a login, and there was no shell that does as it is told.
  if (end.is === 'exited' && end.code !== 255) return { is: 'refused', said: `the login works, but no shell: ${last ?? `exit code ${end.code}`}` }
  // Somebody has ended ssh: that tells nothing of the server.
  if (last === undefined) return { is: 'way', said: 'ssh did not say why' }
  // Nor do words that are not known.
  const isOnTheWay = !serverAway.test(last) || (isProxied && lines.some((line) => endOfWay.test(line) || jumpAway.test(line)))
  return { is: isOnTheWay ? 'way' : 'away', said: last }
}
