import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { guardStream } from '../../src/reporters/console-stream.ts'

test('a closed pipe silences the stream and nothing else', async () => {
  const child = spawn('head', ['-n', '1'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const output = guardStream(child.stdin)
  const closed = once(child, 'close')
  for (let line = 0; child.exitCode === null && line < 1e6; line++) {
    output.write(`line ${line}\n`)
    await new Promise(setImmediate)
  }
  await closed
  for (let line = 0; line < 10; line++) {
    output.write('nobody hears this\n')
    await new Promise(setImmediate)
  }
  expect(child.stdin.destroyed).toBe(true)
})

test('after an error nothing is written any more', () => {
  const stream = new PassThrough()
  const output = guardStream(stream)
  output.write('one\n')
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  output.write('two\n')
  expect(String(stream.read())).toBe('one\n')
})

test('a stream that throws is silenced too', () => {
  let calls = 0
  const output = guardStream({
    on: () => undefined,
    write() {
      calls++
      throw new Error('EIO')
    },
  })
  output.write('one')
  output.write('two')
  expect(calls).toBe(1)
})

test('a terminal that does not tell its size is taken for 80 by 24', () => {
  const on = (): void => {}
  expect(guardStream({ on, write: () => true }).size()).toEqual({ columns: 80, rows: 24 })
  expect(guardStream({ on, write: () => true, columns: 0, rows: 0 }).size()).toEqual({ columns: 80, rows: 24 })
  expect(guardStream({ on, write: () => true, columns: 132, rows: 50 }).size()).toEqual({ columns: 132, rows: 50 })
})
