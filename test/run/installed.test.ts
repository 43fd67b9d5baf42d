import { describe, expect, test } from 'vitest'
import { DefectError } from '../../src/model/fault.ts'
import { createCleaner } from '../../src/run/clean.ts'
import { readInstalled } from '../../src/run/installed.ts'

const clean = createCleaner(['hunter2!'])

test.each<[unknown, object]>([
  [undefined, {}],
  [null, {}],
  [{}, { installed: {} }],
  [{ address: '10.0.0.1' }, { installed: { address: '10.0.0.1' } }],
  [{ address: null, facts: null }, { installed: {} }],
  [{ facts: { nic: 'x', cores: 8, ecc: true } }, { installed: { facts: { nic: 'x', cores: '8', ecc: 'true' } } }],
  [{ address: '10.0.0.1', hostname: 'ignored' }, { installed: { address: '10.0.0.1' } }],
  [{ address: '\u001b[31m10.0.0.1\u001b[0m\n', facts: { 'pass\u0000word': 'hunter2!' } }, { installed: { address: '10.0.0.1', facts: { password: '***' } } }],
])('install may answer %j', (answer, installed) => {
  expect(readInstalled(answer, clean)).toEqual(installed)
})

describe('is a fault of the adapter:', () => {
  test.each<[unknown, string]>([
    ['10.0.0.1', 'install answered string, not nothing or { address, facts }'],
    [true, 'install answered boolean, not nothing or { address, facts }'],
    [[], 'install answered object, not nothing or { address, facts }'],
    [{ address: 7 }, 'install answered an address that is number, not a text'],
    [{ facts: ['x'] }, 'install answered facts that are object, not texts by name'],
    [{ facts: 'x' }, 'install answered facts that are string, not texts by name'],
    [{ facts: { disk: { size: 1 } } }, 'install answered a fact disk that is object, not a text'],
  ])('%j', (answer, message) => {
    expect(() => readInstalled(answer, clean)).toThrow(new DefectError(message))
  })
})

const unreadable = (): never => {
  throw new TypeError('hands off')
}
test.each<[string, () => unknown]>([
  ['a getter that throws', () => ({ get address() { return unreadable() } })],
  ['a fact that throws', () => ({ facts: { get nic() { return unreadable() } } })],
  ['a proxy that was revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }],
])('an answer that cannot be read is a fault of the adapter: %s', (_what, make) => {
  expect(() => readInstalled(make(), clean)).toThrow(new DefectError('what install answered cannot be read', { cause: expect.any(TypeError) }))
})

test('facts are bounded, and what a journal would not give back is left out', () => {
  const facts = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`fact${n}`, 'x'.repeat(5000)]))
  const { installed } = readInstalled({ facts }, clean)
  expect([Object.keys(installed!.facts!).length, installed!.facts!['fact0']!.length]).toEqual([100, 1024])
  expect(readInstalled(JSON.parse('{"facts": {"__proto__": "x", "nic": "y"}}'), clean)).toEqual({ installed: { facts: { nic: 'y' } } })
})
