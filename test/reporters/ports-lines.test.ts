import { describe, expect, test } from 'vitest'
import { portLines } from '../../src/reporters/ports-lines.ts'
import { certificateWarning } from '../../src/reporters/ports-words.ts'
import { context, endpoint, failed, knowing, round, up } from './ports-rounds.ts'

const [refused, timeout] = [failed('refused', 'ECONNREFUSED'), failed('timeout')]

describe('rounds in lines', () => {
  test('begin with a summary and all that is not up', () => {
    const states = [
      endpoint('a:22', up()),
      endpoint('b:22', refused),
      endpoint('::1:22', refused, timeout, refused),
      endpoint('c:22', up(), timeout, up()),
      endpoint('d:22', timeout, timeout, timeout),
    ]
    const earlier = round(1, states).changes.filter(({ endpoint: { host } }) => host !== 'd')
    expect(portLines(context)(round(1, states, { changes: earlier }))).toEqual([
      '2026-11-22T10:00:00.000Z round 1: 5 endpoints: 1 up, 1 failing, 1 flapping, 2 down, in 1.2s',
      '2026-11-22T10:00:01.000Z b:22 failing: refused (1 of 1)',
      '2026-11-22T10:00:03.000Z [::1]:22 failing -> down: refused (2 of 3), timeout (1 of 3)',
      '2026-11-22T10:00:03.000Z c:22 flapping: timeout (1 of 3)',
      '2026-11-22T10:00:03.000Z d:22 down: timeout (3 of 3)',
    ])
  })

  test('go on with nothing but what has changed', () => {
    const lines = portLines(knowing('b', '104', '105'))
    lines(round(1, [endpoint('a:22', up()), endpoint('b:22', up())]))
    expect(lines(round(2, [endpoint('a:22', up(), up()), endpoint('b:22', up(), up())]))).toEqual([])
    expect(lines(round(3, [endpoint('a:22', up(), up()), endpoint('b:22', up(), up(), refused)]))).toEqual(['2026-11-22T10:00:03.000Z b:22 (104, 105) up -> flapping: refused (1 of 3)'])
    expect(lines(round(4, [endpoint('a:22', up(), up()), endpoint('b:22', up(), up(), up())], { changes: [{ endpoint: { host: 'b', port: 22 }, from: 'flapping', to: 'up' }] }))).toEqual([])
  })

  test('tell that something is up again', () => {
    const lines = portLines(context)
    const states = [endpoint('a:22', up(), up(), up())]
    lines(round(1, states))
    expect(lines(round(2, states, { changes: [{ endpoint: states[0]!.endpoint, from: 'flapping', to: 'up' }] }))).toEqual(['2026-11-22T10:00:03.000Z a:22 flapping -> up'])
  })

  test('tell of a round that does not count, and why', () => {
    const lines = portLines(context)
    const states = [endpoint('a:22', up()), endpoint('b:22', refused)]
    const cut = { checks: [timeout, refused], changes: [] }
    expect(lines(round(1, states, { ...cut, cutOff: 1 }))).toEqual([
      '2026-11-22T10:00:00.000Z round 1 does not count: all 2 endpoints failed at once, and not before (refused (1 of 2), timeout (1 of 2)): this monitor itself is probably cut off',
      '2026-11-22T10:00:00.000Z round 1: 2 endpoints: 1 up, 1 failing, in 1.2s',
      '2026-11-22T10:00:01.000Z b:22 failing: refused (1 of 1)',
    ])
    expect(lines(round(2, states, { ...cut, cutOff: 2 }))).toEqual([
      '2026-11-22T10:00:00.000Z round 2 does not count, for the 2nd time in a row: all 2 endpoints failed at once, and not before (refused (1 of 2), timeout (1 of 2)): this monitor itself is probably cut off',
    ])
  })

  test('tell once that rounds are left out', () => {
    const lines = portLines(context)
    const states = [endpoint('a:22', up())]
    lines(round(1, states))
    expect(lines(round(2, states, { changes: [], missed: 2 }))).toEqual(['2026-11-22T10:00:00.000Z round 2: 2 rounds were left out: a round takes longer than there is between two (--every)'])
    expect(lines(round(3, states, { changes: [], missed: 1 }))).toEqual([])
  })

  test('tell of a certificate once, until it is renewed', () => {
    const lines = portLines(context)
    const at = (days: number | undefined): string[] => lines(round(1, [endpoint('a:443', up(days))], { changes: [] })).slice(-1)
    expect([15, 14, 13, undefined, 1, 90, 0, 90, -1, -30].map(at)).toEqual([
      ['2026-11-22T10:00:00.000Z round 1: 1 endpoint: 1 up, in 1.2s'],
      ['2026-11-22T10:00:01.000Z a:443: its certificate expires in 14 days'],
      [],
      [],
      ['2026-11-22T10:00:01.000Z a:443: its certificate expires in 1 day'],
      [],
      ['2026-11-22T10:00:01.000Z a:443: its certificate expires today'],
      [],
      ['2026-11-22T10:00:01.000Z a:443: its certificate expired within the last day'],
      [],
    ])
  })

  test('count the whole days since a certificate expired, as a failed verification does', () => {
    const at = (days: number): string => certificateWarning(endpoint('a:443', up(days)), { warnDays: 14 })
    expect([-1, -2, -11].map(at)).toEqual(['its certificate expired within the last day', 'its certificate expired 1 day ago', 'its certificate expired 10 days ago'])
  })

  test('show what an endpoint said without what a terminal would obey, and not too much of it', () => {
    const said = endpoint('a:22', failed('unexpected', `said "\u001b]0;owned\u0007\u001b[31mred\u009b2J\r\n\u202e${'x'.repeat(1000)}"`))
    const [, line = ''] = portLines(context)(round(1, [said]))
    expect(line.slice(0, 100)).toMatch(/^2026-11-22T10:00:01\.000Z a:22 failing: unexpected \(1 of 1\): said "red \\u202exxxx*/)
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    expect(line.length).toBeLessThan(320)
  })
})
