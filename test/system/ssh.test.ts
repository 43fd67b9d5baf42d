import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { RemoteCommand } from '../../src/benchmarks/remote.ts'
import type { SshWorld } from '../../src/benchmarks/ssh-connect.ts'
import { connectBySsh } from '../../src/benchmarks/ssh-connect.ts'
import type { SshSettings } from '../../src/benchmarks/ssh-settings.ts'
import { systemClock } from '../../src/model/clock.ts'
import { failureOf, server, trial } from '../fixtures/ssh-trial.ts'
import type { Sshd } from './sshd.ts'
import { startSshd, whyNoSshd } from './sshd.ts'


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
async function leftOn(sshd: Sshd, withinMs = 10_000): Promise<string[]> {
  for (const until = performance.now() + withinMs; ; await sleep(20)) {
    const left = (await sshd.left()).map(({ command }) => command)
    if (left.length === 0 || performance.now() > until) return left
  }
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
    expect(await leftOn(sshd, 0)).toEqual([])
  })
})
