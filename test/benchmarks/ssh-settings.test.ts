import { describe, expect, test } from 'vitest'
import { readSshSettings } from '../../src/benchmarks/ssh-settings.ts'
import { UsageError } from '../../src/model/problem.ts'

const commands = [{ name: 'own', run: 'echo speed=1', parse: 'lines' }]

function problemsOf(settings: unknown): readonly string[] {
  try {
    readSshSettings(settings, {})
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
}

describe('the settings of ssh', () => {
  test('need no more than a user and commands', () => {
    const { commands: read, ...others } = readSshSettings({ user: 'bench', commands }, {})
    expect([read.length, others]).toEqual([1, { user: 'bench', address: undefined, port: undefined, identityFile: undefined, readyMs: 600_000, silenceMs: 900_000, knownHosts: 'accept-new' }])
  })

  test('are read, ~ being the home of who runs us', () => {
    const given = { user: 'bench', address: '{id}.lab', port: 2222, identityFile: '~/.ssh/rack', ready: '5m', silence: '1m', knownHosts: 'strict', commands }
    const { commands: _, ...others } = readSshSettings(given, { HOME: '/home/$&' })
    expect(others).toEqual({ user: 'bench', address: '{id}.lab', port: 2222, identityFile: '/home/$&/.ssh/rack', readyMs: 300_000, silenceMs: 60_000, knownHosts: 'strict' })
  })

  test('that are wrong are told one by one', () => {
    expect(problemsOf({ user: '-oProxyCommand=x', port: 0, identityFile: 'key', ready: 'soon', knownHosts: 'no', commands, host: 'a' })).toEqual([
      'benchmark.user: is no name of a user, got "-oProxyCommand=x"',
      expect.stringMatching(/^benchmark\.port: .*, got 0$/),
      'benchmark.identityFile: expected an absolute path, or one that begins with ~/, got "key"',
      'benchmark.ready: expected a duration from 1s to 1d, such as 10m, got "soon"',
      'benchmark.knownHosts: expected accept-new | strict, got "no"',
      'benchmark: unknown key "host"; the settings of ssh are user, address, port, identityFile, ready, silence, knownHosts, commands',
    ])
    expect(problemsOf({ user: 'a b', commands: [] })).toEqual(['benchmark.user: is no name of a user, got "a b"', expect.stringMatching(/^benchmark\.commands: /)])
  })
})
