import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandFor, markOf, wrapScript } from '../../src/benchmarks/ssh-script.ts'

const wrapped = wrapScript('echo "it runs" >&2', { nonce: 'abc', owner: 'def', deadSeconds: 60 })

test('half of a wrapped script does nothing at all', () => {
  const cuts = fc.sample(fc.integer({ min: 1, max: wrapped.trimEnd().length - 1 }), { numRuns: 20, seed: 1 })
  for (const cut of [...cuts, wrapped.trimEnd().length - 1]) {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', 'eval "$(cat)"'], { input: wrapped.slice(0, cut), encoding: 'utf8' })
    expect([cut, status, stdout, /it runs$/m.test(stderr)]).toEqual([cut, 2, '', false])
  }
})

test('a whole one runs, as it is sent over ssh, and leaves the rest of its input alone', () => {
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', commandFor(wrapped)], { input: `${wrapped}${'.'.repeat(100)}`, encoding: 'utf8' })
  expect([stdout.split('\n').map((line) => markOf(line, 'abc')?.is), stderr.split('\n').at(2)]).toEqual([[undefined, 'begun', undefined, 'ended', undefined], 'it runs'])
})

test('only the words of one call are those of the wrapper', () => {
  expect(markOf('abc begins as 12 on 0-f', 'abc')).toEqual({ is: 'begun', begun: { nonce: 'abc', group: 12, boot: '0-f' } })
  expect(markOf('abc ended with 255', 'abc')).toEqual({ is: 'ended', exitCode: 255 })
  for (const line of ['', 'abc', 'abc ended with 1 ', 'x abc ended with 1', 'abd ended with 1', 'abc begins as -1 on ']) expect(markOf(line, 'abc')).toBeUndefined()
})

test('what still runs of an earlier script for the same server of the same run is ended before one begins, and nothing else', async () => {
  const owners = [randomUUID(), randomUUID()].map((id) => id.replaceAll('-', '')) as [string, string]
  const [earlier, another] = owners.map((owner) => spawn('sleep', ['600'], { env: { ...process.env, RACKBENCH_OWNER: owner }, stdio: 'ignore' })) as [ChildProcess, ChildProcess]
  await Promise.all([once(earlier, 'spawn'), once(another, 'spawn')])
  const ended = once(earlier, 'exit')
  const text = wrapScript(`[ ! -e /proc/${earlier.pid}/environ ] || tr '\\0' '\\n' < /proc/${earlier.pid}/environ`, { nonce: 'abc', owner: owners[0], deadSeconds: 60 })
  const { stdout } = spawnSync('/bin/sh', ['-c', commandFor(text)], { input: `${text}${'.'.repeat(100)}`, encoding: 'utf8' })
  expect([stdout.includes(owners[0]), await ended, another.signalCode]).toEqual([false, [null, 'SIGTERM'], null])
  another.kill('SIGKILL')
})
