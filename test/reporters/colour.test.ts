import { afterEach, expect, test, vi } from 'vitest'
import { allColours, chooseColours, noColours, paintLine } from '../../src/reporters/colour.ts'

const yes = (): object => ({ level: 1 })
const no = (): boolean => false

test('colours are used where the stream takes them, unless NO_COLOR is set to anything', () => {
  expect(chooseColours({ isTTY: true }, {}, yes)).toBe(allColours)
  expect(chooseColours({ isTTY: true }, {}, no)).toBe(noColours)
  expect(chooseColours({ isTTY: true }, { NO_COLOR: '' }, yes)).toBe(allColours)
  expect(chooseColours({ isTTY: true }, { NO_COLOR: '0', FORCE_COLOR: '1' }, yes)).toBe(noColours)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

test.each([
  ['1', false, allColours],
  ['0', true, noColours],
  ['', false, noColours],
  [undefined, false, noColours],
])('with FORCE_COLOR %j and isTTY %s it is decided as people expect', (force, isTTY, expected) => {
  vi.stubEnv('FORCE_COLOR', force)
  expect(chooseColours({ isTTY }, process.env)).toBe(expected)
})

test('a line is painted by its level, and not at all without colours', () => {
  expect(paintLine('x', 'error', allColours)).toBe('\u001b[31mx\u001b[39m')
  expect(paintLine('x', 'warn', allColours)).toBe('\u001b[33mx\u001b[39m')
  expect(paintLine('x', 'info', allColours)).toBe('x')
  expect(paintLine('x', 'debug', allColours)).toBe('\u001b[2mx\u001b[22m')
  expect(paintLine('x', 'error', noColours)).toBe('x')
})
