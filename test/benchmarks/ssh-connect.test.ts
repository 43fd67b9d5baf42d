import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RemoteCommand } from '../../src/benchmarks/remote.ts'
import { checkSsh } from '../../src/benchmarks/ssh-check.ts'
import { connectBySsh } from '../../src/benchmarks/ssh-connect.ts'
import type { SshSettings } from '../../src/benchmarks/ssh-settings.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { FakeSsh } from '../fixtures/fake-ssh.ts'
import { fakeSsh } from '../fixtures/fake-ssh.ts'
import { bearing } from '../fixtures/processes.ts'
import { failureOf, server, trial } from '../fixtures/ssh-trial.ts'

const settings: Omit<SshSettings, 'commands'> = { user: 'bench', port: undefined, identityFile: undefined, address: undefined, readyMs: 1, silenceMs: 60_000, knownHosts: 'accept-new' }
const sleeps: RemoteCommand = { name: 'try', script: 'echo begun; sleep 600', repeatable: false, silenceMs: 60_000 }

function connectTo({ env, folder }: FakeSsh, parts: Partial<SshSettings> = {}, clock = systemClock) {
  return connectBySsh({ ...settings, ...parts }, { clock, env, directory: join(folder, 'run'), patience: { doubtMs: 20, restMs: 1 } })
}

describe('a login', () => {
  test('is tried again while it is refused, and then told with how long it took', async () => {
    await using fake = await fakeSsh({ login: '[ $turn -gt 2 ] || { echo "bench@127.0.0.1: Permission denied (publickey)." >&2; exit 255; }; exec /bin/sh -c "$command"' })
    const { context, said } = trial()
    const hasty = { ...systemClock, after: (ms: number, call: () => void) => systemClock.after(ms === 5000 || ms === 10_000 ? 0 : ms, call) }
    await connectTo(fake, { readyMs: 600_000 }, hasty)(server, context)
    expect(said).toEqual(['bench@127.0.0.1: bench@127.0.0.1: Permission denied (publickey).: waiting for a login', expect.stringMatching(/^bench@127.0.0.1: logged in after \d+ s$/)])
    expect(await fake.calls()).toEqual({ logins: 3, commands: 0 })
  })

  test.each([
    ['echo "bench@127.0.0.1: Permission denied (publickey)." >&2; exit 255', /^DefectError: bench@127.0.0.1 let nobody in within 1ms: .*Permission denied/],
    ['echo "ssh: Could not resolve hostname x: Name or service not known" >&2; exit 255', /^DefectError: .*Could not resolve/],
    ['echo "ssh: connect to host 127.0.0.1 port 22: Network is unreachable" >&2; exit 255', /^ProvisionerUnavailableError: /],
    ['echo "channel 0: open failed: connect failed: No route to host" >&2; exit 255', /^ServerOperationError: /],
    ['kill -KILL $$', /^ProvisionerUnavailableError: .*ssh did not say why/],
    ['echo welcome; exit 1', /^DefectError: .*the login works, but no shell: welcome/],
  ])('by an ssh that does "%s"', async (login, failure) => {
    await using fake = await fakeSsh({ login })
    expect(await failureOf(connectTo(fake)(server, trial().context))).toMatch(failure)
  })

  test('that was refused until the time of the step was over is no verdict of the server', async () => {
    await using fake = await fakeSsh({ login: 'echo "bench@127.0.0.1: Permission denied (publickey)." >&2; exit 255' })
    const limit = new AbortController()
    const { context } = trial({ signal: limit.signal, onSaid: () => limit.abort(new Error('timed out')) })
    expect(await failureOf(connectTo(fake, { readyMs: 3_600_000 })(server, context))).toMatch(/^ProvisionerUnavailableError: .*Permission denied/)
  })

  test('without an ssh, or with one that does not take its configuration, is a fault of this machine', async () => {
    await using fake = await fakeSsh({ configuration: 'echo "x: line 1: Bad configuration option: y" >&2; exit 255' })
    expect(await failureOf(connectTo(fake)(server, trial().context))).toBe('DefectError: ssh does not take its configuration: x: line 1: Bad configuration option: y')
    expect(await failureOf(connectTo({ ...fake, env: { PATH: '/nowhere' } })(server, trial().context))).toBe('DefectError: cannot run ssh: ENOENT')
  })
})

describe('a command', () => {
  test('that ends without a word of its end was cut', async () => {
    await using fake = await fakeSsh({ run: 'sh -c "$command" | head -n 3; echo "Timeout, server 127.0.0.1 not responding." >&2' })
    const { context } = trial()
    const remote = await connectTo(fake)(server, context)
    expect(await failureOf(remote.run({ ...sleeps, script: 'echo begun; seq 100000' }, context))).toBe('MeasurementError: the connection to 127.0.0.1 was cut while try ran: Timeout, server 127.0.0.1 not responding.')
  })

  test('that forges the words of the wrapper is not believed', async () => {
    await using fake = await fakeSsh()
    const { context } = trial()
    const remote = await connectTo(fake)(server, context)
    const forging = "echo 'ffffffffffffffffffffffff ended with 0'; exit 3"
    expect(await remote.run({ ...sleeps, script: forging }, context)).toEqual({ exitCode: 3, stdout: 'ffffffffffffffffffffffff ended with 0\n', stderr: '' })
  })

  test('that cannot be begun is tried eight times more, and judges nobody', async () => {
    await using fake = await fakeSsh({ run: 'echo "kex_exchange_identification: Connection closed by remote host" >&2; exit 255' })
    const { context } = trial()
    const remote = await connectTo(fake)(server, context)
    expect(await failureOf(remote.run(sleeps, context))).toBe('MeasurementError: try could not be begun on 127.0.0.1: kex_exchange_identification: Connection closed by remote host')
    expect(await fake.calls()).toEqual({ logins: 9, commands: 9 })
  })

  test('is stopped by an abort also where ssh hears of nothing', async () => {
    await using fake = await fakeSsh({ run: `trap '' TERM; [ $turn -gt 1 ] || { exec 4<&0; { sleep 600; } & sh -c "$command" <&4 & wait; sleep 600; }; sh -c "$command"` })
    const stop = new AbortController()
    const { context } = trial({ signal: stop.signal, graceMs: 12_000, onSaid: (line) => line === 'begun' && stop.abort(new Error('the run was stopped')) })
    const remote = await connectTo({ ...fake, env: { ...fake.env, MARK: fake.folder } })(server, context)
    expect(await failureOf(remote.run(sleeps, context))).toBe('ServerOperationError: the run was stopped')
    expect((await bearing(`MARK=${fake.folder}`)).filter(({ command }) => command === 'sleep 600')).toEqual([])
  })

  test('has its time of silence begin anew with whatever it prints, also without a line break', async () => {
    await using fake = await fakeSsh()
    const { context } = trial()
    let begins = 0
    const counting = { ...systemClock, after: (ms: number, call: () => void) => (ms === 77_777 && begins++, systemClock.after(ms, call)) }
    const remote = await connectTo(fake, {}, counting)(server, context)
    await remote.run({ ...sleeps, script: 'for i in 1 2 3 4 5; do printf .; sleep 0.05; done', silenceMs: 77_777 }, context)
    expect(begins).toBeGreaterThanOrEqual(4)
  })

  test('is read to its end, however much it prints before', async () => {
    await using fake = await fakeSsh()
    const { context, said } = trial()
    const remote = await connectTo(fake)(server, context)
    const { stdout } = await remote.run({ ...sleeps, script: 'echo first=1; yes 0123456789 | head -n 900000; echo last=1' }, context)
    expect([stdout.length <= 4 * 1024 * 1024, stdout.slice(0, 11), stdout.slice(-18)]).toEqual([true, '0123456789\n', '0123456789\nlast=1\n'.slice(-18)])
    expect(said.at(-1)).toBe('try printed more than 4 MiB to stdout: only the end of it is read')
  })

  test('begins in a line of its own, also where a login shell prints half a line', async () => {
    await using fake = await fakeSsh({ login: 'printf "hi there"; sh -c "$command"', run: 'printf "hi there"; printf "hi there" >&2; sh -c "$command"' })
    const { context } = trial()
    const remote = await connectTo(fake)(server, context)
    expect(await remote.run({ ...sleeps, script: 'echo x' }, context)).toEqual({ exitCode: 0, stdout: 'x\n', stderr: '' })
  })

  test('logs so many lines and no more, and keeps what is to be read', async () => {
    await using fake = await fakeSsh()
    const { context, said } = trial()
    const remote = await connectTo(fake)(server, context)
    const { stdout } = await remote.run({ ...sleeps, script: 'seq 20000' }, context)
    expect([stdout.split('\n').length, said.length, said.at(4999), said.at(5000), said.at(5001), said.at(-1)]).toEqual([20_001, 5051, '5000', 'try: 14950 lines are not logged', '19951', '20000'])
  })
})

describe('the check before the run', () => {
  test('passes where ssh is there and the key can be read, and tells the version', async () => {
    await using fake = await fakeSsh()
    const { context, said } = trial()
    await checkSsh({ clock: systemClock, env: fake.env, directory: fake.folder }, join(fake.folder, 'bin/ssh'), context)
    expect(said).toEqual(['OpenSSH_9.2p1, OpenSSL 3.0.19'])
  })

  test('names all that is wrong', async () => {
    await using fake = await fakeSsh({ version: 'OpenSSH_7.4p1', configuration: 'echo "Bad owner or permissions on /x" >&2; exit 255' })
    const program = { clock: systemClock, env: fake.env, directory: fake.folder }
    expect(await failureOf(checkSsh(program, join(fake.folder, 'none'), trial().context))).toBe(
      `DefectError: OpenSSH_7.4p1: needed is OpenSSH 7.6 or newer; ssh does not take its configuration: Bad owner or permissions on /x; identityFile: ${fake.folder}/none cannot be read: ENOENT`,
    )
    expect(await failureOf(checkSsh({ ...program, env: { PATH: '/nowhere' } }, fake.folder, trial().context))).toBe(
      `DefectError: cannot run ssh: ENOENT: install an OpenSSH client; identityFile: ${fake.folder} is no file`,
    )
  })
})
