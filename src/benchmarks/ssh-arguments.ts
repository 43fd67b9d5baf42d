/** Whom ssh is to log in to, and as whom. */
export interface SshTarget {
  readonly user: string
  readonly address: string
  readonly port: number | undefined
  /** Absolute. */
  readonly identityFile: string | undefined
  /** How long the connection may be dead before it is given up, in seconds. */
  readonly aliveSeconds: number
}

/**
 * What must hold whatever ssh_config says: nothing is asked, no connection is shared with that to an earlier install, nothing is
 * forwarded, a dead connection is noticed, and ssh says what fails.
 */
const always = [
  'BatchMode=yes', 'ConnectTimeout=10', 'ConnectionAttempts=1', 'TCPKeepAlive=yes', 'ControlMaster=no', 'ControlPath=none', 'ClearAllForwardings=yes', 'ForwardAgent=no',
  'ForwardX11=no', 'PermitLocalCommand=no', 'RemoteCommand=none', 'RequestTTY=no', 'EscapeChar=none', 'CheckHostIP=no', 'UpdateHostKeys=no', 'LogLevel=ERROR',
]
const aliveChecks = 8

/** Arguments of ssh. No address and no user can become an option. */
export function sshArguments(target: SshTarget, hostKeyOptions: readonly string[], command: readonly string[], flags: readonly string[] = []): string[] {
  const { user, address, port, identityFile, aliveSeconds } = target
  const alive = [`ServerAliveInterval=${Math.max(1, Math.round(aliveSeconds / aliveChecks))}`, `ServerAliveCountMax=${aliveChecks}`]
  return [
    ...flags,
    ...[...always, ...alive, ...hostKeyOptions].flatMap((option) => ['-o', option]),
    // An agent with many keys would be refused before the one that is meant has its turn. A % stands for itself only in pairs.
    ...(identityFile === undefined ? [] : ['-o', 'IdentitiesOnly=yes', '-i', identityFile.replaceAll('%', '%%')]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '-l', user, '--', address, ...command,
  ]
}
