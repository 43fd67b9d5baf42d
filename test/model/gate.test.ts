import { describe, expect, test } from 'vitest'
import type { Check, FailureReason } from '../../src/model/endpoint.ts'
import { failureReasons } from '../../src/model/endpoint.ts'
import type { Gate, Seen } from '../../src/model/gate.ts'
import { describeGate, portsOf, whyShut } from '../../src/model/gate.ts'

const when = { at: '2026-11-21T10:00:00.000Z', ms: 1 }
const answers: Check = { ok: true, ...when }
const fails = (reason: FailureReason, detail = ''): Check => ({ ok: false, ...when, reason, detail })
const seen = (checks: Readonly<Record<number, Check>>, host = '10.0.0.14'): Seen[] => Object.entries(checks).map(([port, check]) => ({ endpoint: { host, port: Number(port) }, check }))
const gate = (open: number[], closed: number[]): Gate => ({ open, closed, limitMs: 3000 })

describe('a gate', () => {
  test('opens if every open port answers and every closed one is refused', () => {
    expect(whyShut(gate([22, 80], [443, 8443]), seen({ 22: answers, 80: answers, 443: fails('refused'), 8443: fails('refused') }))).toBeUndefined()
  })

  test.each(failureReasons.map((reason) => [reason]))('stays shut for an open port that ends in %s', (reason) => {
    expect(whyShut(gate([22], []), seen({ 22: fails(reason, 'told so') }))).toBe(`port 22 does not answer: ${reason}${['refused', 'timeout'].includes(reason) ? '' : ' (told so)'}`)
  })

  test.each(failureReasons.filter((reason) => reason !== 'refused').map((reason) => [reason]))('stays shut for a closed port that ends in %s: that is no refusal', (reason) => {
    expect(whyShut(gate([], [443]), seen({ 443: fails(reason) }))).toBe(`port 443 is not refused: ${reason}`)
  })

  test('tells every reason, and not where: servers that are alike are told alike', () => {
    expect(whyShut(gate([22], [443]), seen({ 22: fails('refused'), 443: answers }, '::1'))).toBe('port 22 does not answer: refused; port 443 answers, and must be refused')
  })

  test('looks at each port once, and is told in words', () => {
    expect(portsOf(gate([22, 80, 22], [443]))).toEqual([22, 80, 443])
    expect(describeGate(gate([22], [443, 80]))).toBe('port 22 answers, port 443 is refused, port 80 is refused')
  })
})
