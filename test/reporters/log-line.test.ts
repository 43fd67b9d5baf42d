import { expect, test } from 'vitest'
import { consoleLine, fileLine } from '../../src/reporters/log-line.ts'
import { id } from './report-run.ts'

const at = Date.parse('2026-11-21T10:00:00.123Z')
const entry = { at, level: 'info', worker: 'worker-03', server: id(104), step: 'install', message: 'started (debian-12)' } as const

test('a line of a server carries time, level, worker, server and step; on the console no time', () => {
  expect(fileLine(entry, 'text')).toBe('2026-11-21T10:00:00.123Z info  [worker-03] [104] install: started (debian-12)')
  expect(consoleLine(entry, 'text')).toBe('info  [worker-03] [104] install: started (debian-12)')
})

test('without a step there is no prefix; a line about the run says so', () => {
  expect(fileLine({ ...entry, step: undefined, level: 'error', message: 'server failed' }, 'text')).toBe('2026-11-21T10:00:00.123Z error [worker-03] [104] server failed')
  expect(fileLine({ at, level: 'debug', message: 'resumed' }, 'text')).toBe('2026-11-21T10:00:00.123Z debug [rackbench] resumed')
})

test('as JSON it is one object with the same facts', () => {
  expect(fileLine(entry, 'json')).toBe(
    '{"timestamp":"2026-11-21T10:00:00.123Z","level":"info","worker":"worker-03","server":"104","step":"install","message":"started (debian-12)"}',
  )
  expect(consoleLine({ at, level: 'warn', message: 'resumed' }, 'json')).toBe('{"level":"warn","message":"resumed"}')
})

test('a message with line breaks and escapes makes one line', () => {
  expect(consoleLine({ at, level: 'info', message: 'a\nerror [worker-01] [105] forged\u001b[2J' }, 'text')).toBe(String.raw`info  [rackbench] a\nerror [worker-01] [105] forged\x1b[2J`)
})

test.each(['x', 'ä', '😀', '"', '\\', '\u0001', '\ud800'])('a line of many %j is cut to 16 KiB in both formats, and says so', (unit) => {
  for (const format of ['text', 'json'] as const) {
    const line = fileLine({ ...entry, message: unit.repeat(300_000) }, format)
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16 * 1024)
    expect(Buffer.byteLength(line)).toBeGreaterThan(7 * 1024)
    expect(line).toContain('... (cut: ')
  }
  expect(JSON.parse(fileLine({ ...entry, message: unit.repeat(300_000) }, 'json'))).toMatchObject({ worker: 'worker-03', server: '104' })
})
