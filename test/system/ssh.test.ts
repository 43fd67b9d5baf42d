import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { RemoteCommand } from '../../src/benchmarks/remote.ts'
import type { SshWorld } from '../../src/benchmarks/ssh-connect.ts'
import { connectBySsh } from '../../src/benchmarks/ssh-connect.ts'
import type { SshSettings } from '../../src/benchmarks/ssh-settings.ts'
import { ssh } from '../../src/benchmarks/ssh.ts'
import { systemClock } from '../../src/model/clock.ts'
import { failureOf, server, trial } from '../fixtures/ssh-trial.ts'
import type { Sshd } from './sshd.ts'
import { startSshd, whyNoSshd } from './sshd.ts'


const call = promisify(execFile)

function settingsFor({ user, port, identityFile }: Sshd, parts: Partial<SshSettings> = {}): Omit<SshSettings, 'commands'> {
  return { user, port, identityFile, address: undefined, readyMs: 20_000, silenceMs: 60_000, knownHosts: 'accept-new', ...parts }
}

function worldOf({ env, folder }: Sshd, patience: SshWorld['patience'] = {}): SshWorld {
  return { clock: systemClock, env, directory: join(folder, 'run'), patience: { doubtMs: 50, ...patience } }
}

function connectTo(sshd: Sshd, settings: Partial<SshSettings> = {}, patience: SshWorld['patience'] = {}) {
  return connectBySsh(settingsFor(sshd, settings), worldOf(sshd, patience))
}

function script(text: string, parts: Partial<RemoteCommand> = {}): RemoteCommand {
  return { name: 'try', script: text, repeatable: false, silenceMs: 60_000, ...parts }
}

/** Waits until nothing of what logins have started lives any more; what is left after a while is told. */
async function leftOn(sshd: Sshd): Promise<string[]> {
  for (const until = performance.now() + 20_000; ; await sleep(20)) {
    const left = (await sshd.left()).map(({ command }) => command)
    if (left.length === 0 || performance.now() > until) return left
  }
}

/** What commands have started that would go on for minutes. */
async function stillRunning(sshd: Sshd): Promise<string[]> {
  return (await sshd.left()).map(({ command }) => command).filter((command) => /^sleep 6|trap/.test(command))
}

describe.skipIf(whyNoSshd !== '')(`over a real sshd ${whyNoSshd}`, () => {
  test('a command gives what it printed, by stream, and its exit code, and leaves nothing behind', async () => {
    await using sshd = await startSshd()
    const { context, said } = trial()
    const remote = await connectTo(sshd)(server, context)
    const odd = `printf 'no end'; printf "it's\\n\\n" >&2; printf '%s' '\\n "$HOME" \`x\` !! %h'; sleep 600 & exit 7`
    expect(await remote.run(script(odd), context)).toEqual({ exitCode: 7, stdout: 'no end\\n "$HOME" `x` !! %h\n', stderr: "it's\n\n" })
    expect(said.toSorted()).toEqual(['', "it's", 'no end\\n "$HOME" `x` !! %h'])
    expect(await leftOn(sshd)).toEqual([])
    expect(await remote.run(script('printf "\\n\\nx\\n\\n"; cat; echo "$LC_ALL"'), context)).toEqual({ exitCode: 0, stdout: '\n\nx\n\nC\n', stderr: '' })
  })

  test('a script that is longer than an argument may be runs, and much output is kept whole', async () => {
    await using sshd = await startSshd()
    const { context } = trial()
    const remote = await connectTo(sshd)(server, context)
    const { exitCode, stdout } = await remote.run(script(`: ${'x'.repeat(100_000)}\nseq 200000`), context)
    expect([exitCode, stdout.length, stdout.slice(-14)]).toEqual([0, 1_288_895, '199999\n200000\n'])
  })

  test('an abort ends the command on the server, also what is deaf or has left its group', async () => {
    await using sshd = await startSshd()
    const stop = new AbortController()
    const { context } = trial({ signal: stop.signal, onSaid: (line) => line === 'waiting' && stop.abort(new Error('the run was stopped')) })
    const remote = await connectTo(sshd)(server, context)
    const deaf = `trap '' TERM HUP PIPE; (setsid sleep 601 &) ; sleep 602 & echo waiting; while :; do sleep 0.1; done`
    expect(await failureOf(remote.run(script(deaf), context))).toBe('ServerOperationError: the run was stopped')
    expect(await stillRunning(sshd)).toEqual([])
  })

  test('a benchmark of several runs gives their median, and its log what was printed', async () => {
    await using sshd = await startSshd({ address: '127.0.0.21' })
    const { user, port, identityFile, env, folder } = sshd
    await writeFile(join(folder, 'turn'), '')
    const run = `echo >> ${folder}/turn; echo "speed=$(wc -l < ${folder}/turn) MB/s"`
    const settings = { user, port, identityFile, address: '127.0.0.{label.last}', commands: [{ name: 'disk', run, parse: 'lines', repeat: 3, require: ['wc'] }] }
    const benchmark = ssh(settings, { clock: systemClock, env, directory: join(folder, 'run') })
    const { context, said } = trial({ installed: { facts: { last: '21' } } })
    expect(await benchmark.check?.(context)).toBeUndefined()
    expect(await benchmark.run(server, context)).toEqual({ 'disk.speed': 2, 'disk.speed.spread_percent': 100 })
    expect(said.filter((line) => line.startsWith('speed='))).toEqual(['speed=1 MB/s', 'speed=2 MB/s', 'speed=3 MB/s'])
    const absent = ssh({ ...settings, commands: [{ name: 'disk', run, parse: 'lines', require: ['sh', 'no-such-tool'] }] }, { clock: systemClock, env, directory: join(folder, 'run') })
    expect(await failureOf(absent.run(server, context))).toBe('MeasurementError: not installed on the server: no-such-tool')
  })

  describe('a connection that is cut', () => {
    test('is a measurement that failed, and what it ran is ended', async () => {
      await using sshd = await startSshd()
      const { context } = trial({ onSaid: (line) => line === 'waiting' && void sshd.cut() })
      const remote = await connectTo(sshd)(server, context)
      expect(await failureOf(remote.run(script('echo waiting; sleep 600'), context))).toMatch(/^MeasurementError: the connection to 127.0.0.1 was cut while try ran: (?:Connection to 127.0.0.1 closed by remote host|client_loop: send disconnect|Connection closed by)/)
      expect(await leftOn(sshd)).toEqual([])
    })

    test('is made anew where the command is repeatable, and what was left of it does not disturb', async () => {
      await using sshd = await startSshd()
      const runs = join(sshd.folder, 'runs')
      let cuts = 0
      const { context, said } = trial({ onSaid: (line) => line === 'waiting' && cuts++ === 0 && void sshd.cut() })
      const remote = await connectTo(sshd)(server, context)
      const text = `trap '' PIPE; echo x >> ${runs}; echo waiting; [ "$(wc -l < ${runs})" = 2 ] || sleep 600`
      expect(await remote.run(script(text, { repeatable: true }), context)).toEqual({ exitCode: 0, stdout: 'waiting\n', stderr: '' })
      expect(said.filter((line) => line.endsWith(': it is begun anew')).length).toBe(1)
      expect(await stillRunning(sshd)).toEqual([])
    })

    test('and a server that does not come back is not judged by that', async () => {
      await using sshd = await startSshd()
      const { context } = trial({ onSaid: (line) => line === 'waiting' && void sshd.stop().then(sshd.cut) })
      const remote = await connectTo(sshd, { readyMs: 300 })(server, context)
      const failure = await failureOf(remote.run(script('echo waiting; sleep 600', { repeatable: true }), context))
      expect(failure).toMatch(/^MeasurementError: the connection to 127.0.0.1 was cut while try ran.*; \S+@127.0.0.1 let nobody in within 300ms: .*Connection refused$/)
    })

    test('by somebody who ends ssh here is not judged at once', async () => {
      await using sshd = await startSshd()
      const kill = (): void => void clientsOf(sshd).then((clients) => clients.forEach((pid) => process.kill(pid, 'SIGTERM')))
      const { context, held } = trial({ onSaid: (line) => line === 'waiting' && kill() })
      const remote = await connectTo(sshd)(server, context)
      expect(await failureOf(remote.run(script('echo waiting; sleep 600'), context))).toMatch(/^MeasurementError: the connection to 127.0.0.1 was cut/)
      expect([held(), await leftOn(sshd)]).toEqual([1, []])
    })

    test('and a command that hears nothing from here any more ends by itself', async () => {
      await using sshd = await startSshd()
      const { context } = trial({ onSaid: (line) => line === 'waiting' && void clientsOf(sshd).then((clients) => clients.forEach((pid) => process.kill(pid, 'SIGSTOP'))) })
      const remote = await connectTo(sshd, {}, { deadSeconds: 2 })(server, context)
      const ended = failureOf(remote.run(script('echo waiting; sleep 600', { silenceMs: 8000 }), { ...context, graceMs: 100 }))
      // ssh stands still: the connection is there, and nothing comes over it.
      for (const until = performance.now() + 20_000; (await stillRunning(sshd)).length > 0 && performance.now() < until; ) await sleep(20)
      expect(await stillRunning(sshd)).toEqual([])
      expect(await ended).toMatch(/^MeasurementError: /)
    })
  })

  test('a command that falls silent is stopped', async () => {
    await using sshd = await startSshd()
    const { context } = trial()
    const remote = await connectTo(sshd)(server, context)
    expect(await failureOf(remote.run(script('echo begun; sleep 600', { silenceMs: 1000 }), context))).toBe('MeasurementError: try printed nothing for 1s, and was stopped')
    expect(await stillRunning(sshd)).toEqual([])
  })

  describe('the host key', () => {
    test('is learnt anew with each install, and holds for all that is measured on it', async () => {
      await using sshd = await startSshd()
      const connect = connectTo(sshd)
      const { context } = trial()
      const remote = await connect(server, context)
      await sshd.stop()
      await sshd.changeHostKey()
      await sshd.start()
      const changed = /^MeasurementError: the host key of 127.0.0.1 has changed since /
      expect(await failureOf(remote.run(script('true'), context))).toMatch(changed)
      expect(await failureOf(connect(server, { ...context, idempotencyKey: context.idempotencyKey.replace(/1$/, '2') }))).toMatch(changed)
      await expect(connect(server, { ...context, installNumber: 2 })).resolves.toBeDefined()
      await expect(connect(server, { ...context, idempotencyKey: 'r2/104/benchmark/1' })).resolves.toBeDefined()
      expect((await readdir(join(sshd.folder, 'run/known_hosts'))).toSorted()).toEqual(['104.1', '104.2'])
    })

    test('may change while a server boots, until the first login', async () => {
      await using sshd = await startSshd()
      await writeFile(join(sshd.folder, 'authorized_keys'), '')
      let turns = 0
      const { context, said } = trial({ onSaid: () => turns++ === 0 && void authorise() })
      async function authorise(): Promise<void> {
        await sshd.stop()
        await sshd.changeHostKey()
        await writeFile(join(sshd.folder, 'authorized_keys'), await readFile(`${sshd.identityFile}.pub`))
        await sshd.start()
      }
      const remote = await connectTo(sshd)(server, context)
      expect(await remote.run(script('echo in'), context)).toMatchObject({ stdout: 'in\n' })
      expect(said[0]).toMatch(/Permission denied \(publickey\)\.: waiting for a login$/)
    })

    test('must be in known_hosts where it is to be strict', async () => {
      await using sshd = await startSshd()
      const { context } = trial()
      const known = join(sshd.folder, 'my_hosts')
      await writeFile(join(sshd.folder, 'ssh_config'), `UserKnownHostsFile ${known}\n`)
      const connect = connectTo(sshd, { knownHosts: 'strict', readyMs: 100 })
      expect(await failureOf(connect(server, context))).toMatch(/^MeasurementError: \S+ let nobody in within 100ms: No ED25519 host key is known for \[127.0.0.1\]/)
      await writeFile(known, `[127.0.0.1]:${sshd.port} ${await readFile(join(sshd.folder, 'host_key.pub'), 'utf8')}`)
      expect(await (await connect(server, context)).run(script('echo in'), context)).toMatchObject({ stdout: 'in\n' })
    })
  })

  describe('a login', () => {
    test('that is refused is the fault of our key, also when the server shuts us out after it', async () => {
      await using sshd = await startSshd()
      const connect = connectTo(sshd, { identityFile: sshd.otherIdentityFile, readyMs: 100 })
      expect(await failureOf(connect(server, trial().context))).toMatch(/^DefectError: \S+@127.0.0.1 let nobody in within 100ms: \S+@127.0.0.1: Permission denied \(publickey\)\.$/)
      const { context } = trial({ onSaid: (line) => line.includes('denied') && void sshd.stop() })
      const later = connectTo(sshd, { identityFile: sshd.otherIdentityFile, readyMs: 6000 })
      expect(await failureOf(later(server, context))).toMatch(/^DefectError: .* let nobody in within 6s: .*Permission denied/)
    })

    test('to nobody is the fault of the server; an abort ends the wait', async () => {
      await using sshd = await startSshd()
      await sshd.stop()
      expect(await failureOf(connectTo(sshd, { readyMs: 100 })(server, trial().context))).toMatch(/^ServerOperationError: \S+ let nobody in within 100ms: ssh: connect to host 127.0.0.1 port \d+: Connection refused$/)
      const stop = new AbortController()
      const { context } = trial({ signal: stop.signal, onSaid: () => stop.abort(new Error('the run was stopped')) })
      expect(await failureOf(connectTo(sshd, { readyMs: 3_600_000 })(server, context))).toBe('ServerOperationError: the run was stopped')
    })

    test('goes over the jump host that ssh_config names, and its faults are none of the server', async () => {
      await using sshd = await startSshd({ address: '127.0.0.31' })
      await using jump = await startSshd({ address: '127.0.0.32' })
      const config = (port: number): string =>
        `Host jump\n  HostName 127.0.0.32\n  Port ${port}\n  User ${jump.user}\n  IdentityFile ${jump.identityFile}\n  UserKnownHostsFile ${jump.folder}/hosts\n  StrictHostKeyChecking accept-new\nHost rack-104\n  HostName 127.0.0.31\n  ProxyJump jump\n`
      const configure = (text: string): Promise<void> => writeFile(join(sshd.folder, 'ssh_config'), text)
      await configure(config(jump.port))
      const connect = connectTo(sshd, { address: 'rack-{id}', readyMs: 100 })
      const { context } = trial()
      const remote = await connect(server, context)
      const { stdout } = await remote.run(script('echo $SSH_CONNECTION'), context)
      expect(stdout).toMatch(new RegExp(`^127\\.0\\.0\\.\\d+ \\d+ 127\\.0\\.0\\.31 ${sshd.port}\\n$`))
      await sshd.stop()
      expect(await failureOf(connect(server, { ...context, installNumber: 2 }))).toMatch(/^ServerOperationError: \S+ let nobody in within 100ms: .*Connection refused/)
      await jump.stop()
      expect(await failureOf(connect(server, { ...context, installNumber: 2 }))).toMatch(/^ProvisionerUnavailableError: \S+ let nobody in within 100ms: .*127.0.0.32.*Connection refused/)
    })

    test('that no configuration of ssh allows is a fault of this machine', async () => {
      await using sshd = await startSshd()
      await writeFile(join(sshd.folder, 'ssh_config'), 'NoSuchOption yes\n')
      expect(await failureOf(connectTo(sshd)(server, trial().context))).toMatch(/^DefectError: ssh does not take its configuration: .*Bad configuration option: nosuchoption/)
    })
  })

  test('a full disk on the target is no fault of the server', async ({ skip }) => {
    await using sshd = await startSshd()
    const small = join(sshd.folder, 'small')
    await mkdir(small)
    const isMounted = await call('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]).then(() => true, () => false)
    if (!isMounted) skip('only root may mount a small file system')
    try {
      const { user, port, identityFile, env } = sshd
      const benchmark = ssh({ user, port, identityFile, commands: [{ name: 'fill', run: `dd if=/dev/zero of=${small}/x bs=1k count=100`, parse: 'lines' }] }, { clock: systemClock, env, directory: join(sshd.folder, 'run') })
      expect(await failureOf(benchmark.run(server, trial().context))).toMatch(/^MeasurementError: no room on the server's disk: dd: .*No space left on device \(fill: exit code 1\)$/)
    } finally {
      await call('umount', [small])
    }
  })

  test('a limit on the size of files on the target is none, either', async () => {
    await using sshd = await startSshd()
    const { user, port, identityFile, env, folder } = sshd
    const run = `trap '' XFSZ; ulimit -f 8; dd if=/dev/zero of=${folder}/x bs=1k count=100`
    const benchmark = ssh({ user, port, identityFile, commands: [{ name: 'fill', run, parse: 'lines' }] }, { clock: systemClock, env, directory: join(folder, 'run') })
    expect(await failureOf(benchmark.run(server, trial().context))).toMatch(/^MeasurementError: no room on the server's disk: dd: .*File too large \(fill: exit code 1\)$/)
  })
})

/** The ssh's here that are connected to an sshd for a command: they name its port. */
async function clientsOf({ port, folder }: Sshd): Promise<number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (words.includes(String(port)) && words.includes(`${folder}/ssh_config`)) found.push(Number(pid))
  }
  return found
}
