import { expect, test } from 'vitest'
import type { ServerId } from '../../src/model/server.ts'
import { openLineLogs } from '../../src/reporters/line-logs.ts'

const id = '101' as ServerId

function open(level: 'info' | 'debug' = 'info'): { readonly logs: ReturnType<typeof openLineLogs>; readonly lines: string[] } {
  const lines: string[] = []
  return { lines, logs: openLineLogs({ level, format: 'text', clock: { now: () => 0 }, console: { line: (line) => lines.push(line) } }) }
}

test('lines are shown as on a console, those of a server with its worker, unless nobody wants to know', () => {
  const { logs, lines } = open()
  logs.run('warn', 'about all')
  logs.open(id, 'worker-01').write('info', 'install', 'begins\u001b[31m')
  logs.of(id).write('error', undefined, 'ends')
  logs.of(id).write('debug', undefined, 'for nobody')
  logs.of('102' as ServerId).write('info', undefined, 'is waiting')
  expect(lines).toEqual(['warn  [rackbench] about all', 'info  [worker-01] [101] install: begins\\x1b[31m', 'error [worker-01] [101] ends', 'info  [102] is waiting'])
})

test('a server\'s last lines are known as they would stand in a file', () => {
  const { logs } = open()
  const log = logs.open(id, 'worker-01')
  for (let n = 0; n < 25; n++) log.write('info', 'install', `line ${n}`)
  expect(log.tail()).toEqual(Array.from({ length: 20 }, (_, n) => `1970-01-01T00:00:00.000Z info  [worker-01] [101] install: line ${n + 5}`))
})

test('what comes when a log is closed is dropped, as is what a step says late', async () => {
  const { logs, lines } = open()
  const first = logs.open(id, 'worker-01')
  await first.close()
  first.write('info', 'install', 'too late')
  logs.late(id, 'install', 'much too late')
  const second = logs.open(id, 'worker-02')
  await first.close()
  second.write('info', 'install', 'in time')
  await logs.close()
  expect(lines).toEqual(['info  [worker-02] [101] install: in time'])
})
