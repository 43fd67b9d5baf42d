import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PortsStanding } from '../../src/reporters/ports-junit.ts'
import { portsJunit } from '../../src/reporters/ports-junit.ts'
import type { Report } from './junit-parse.ts'
import { countsOf, parseJunit } from './junit-parse.ts'
import { context, endpoint, failed, knowing, up } from './ports-rounds.ts'

function parsed(standing: Pick<PortsStanding, 'states' | 'trouble'>, shown = context): Report {
  return parseJunit([...portsJunit({ startedAt: '2026-11-22T10:00:00.000Z', durationMs: 1234.5, ...standing }, shown)].join(''))
}

const [refused, timeout] = [failed('refused', 'ECONNREFUSED'), failed('timeout')]
const named = (name: string, time: string) => ({ classname: 'Rackbench.Ports', name, time })

describe('the JUnit file', () => {
  test('has one test for each endpoint, of which those that are down have failed', () => {
    const states = [
      endpoint('a:22', up()),
      endpoint('::1:443', up(12)),
      endpoint('b:22', timeout, refused, refused),
      endpoint('c:22', timeout),
      endpoint('d:22', up(), timeout, up()),
      endpoint('e:22'),
      endpoint('f:443', up(90)),
    ]
    expect(parsed({ states }, knowing('b', '104'))).toEqual({
      root: { tests: '7', failures: '1', errors: '0' },
      suite: { name: 'rackbench-ports', timestamp: '2026-11-22T10:00:00.000Z', time: '1.235', tests: '7', failures: '1', errors: '0', skipped: '1' },
      cases: [
        { attributes: named('a:22', '0.002'), properties: [] },
        { attributes: named('[::1]:443', '0.002'), properties: [['status', 'up'], ['certificate.daysToExpiry', '12']], output: 'its certificate expires in 12 days' },
        {
          attributes: named('b:22', '3'),
          properties: [['status', 'down'], ['server', '104']],
          failure: {
            message: 'down: refused (2 of 3), timeout (1 of 3)',
            type: 'refused',
            text: '\n2026-11-22T10:00:03.000Z  refused  3 s: ECONNREFUSED\n2026-11-22T10:00:02.000Z  refused  3 s: ECONNREFUSED\n2026-11-22T10:00:01.000Z  timeout  3 s\n',
          },
        },
        { attributes: named('c:22', '3'), properties: [['status', 'failing']], output: 'failing: timeout (1 of 1)\n2026-11-22T10:00:01.000Z  timeout  3 s' },
        {
          attributes: named('d:22', '0.002'),
          properties: [['status', 'flapping']],
          output: 'flapping: timeout (1 of 3)\n2026-11-22T10:00:03.000Z  up  0.002 s\n2026-11-22T10:00:02.000Z  timeout  3 s\n2026-11-22T10:00:01.000Z  up  0.002 s',
        },
        { attributes: named('e:22', '0'), properties: [['status', 'unknown']], skipped: { message: 'not checked yet' }, output: 'not checked yet' },
        { attributes: named('f:443', '0.002'), properties: [['status', 'up'], ['certificate.daysToExpiry', '90']] },
      ],
    })
  })

  test('has an error of its own where the monitor is cut off', () => {
    const trouble = { type: 'CutOff', message: 'round 3 does not count: all 2 endpoints failed at once' } as const
    expect(parsed({ states: [endpoint('a:22', up()), endpoint('b:22', up())], trouble })).toEqual({
      root: { tests: '3', failures: '0', errors: '1' },
      suite: { name: 'rackbench-ports', timestamp: '2026-11-22T10:00:00.000Z', time: '1.235', tests: '3', failures: '0', errors: '1', skipped: '0' },
      cases: [
        { attributes: named('monitor', '0'), properties: [], error: { message: trouble.message, type: 'CutOff', text: `\n${trouble.message}\nThe other tests are as they were before.\n` } },
        { attributes: named('a:22', '0.002'), properties: [] },
        { attributes: named('b:22', '0.002'), properties: [] },
      ],
    })
  })

  test('is well-formed, counts what is in it and lets nobody attach a file, whatever endpoints say', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(']]>]]>', ']]\u0001>', '[[ATTACHMENT|/etc/passwd]]', '\u001b[31m', '<a>&amp;"', '\ud800'))
    const check = fc.oneof(fc.constant(up()), fc.constant(up(3)), text.map((detail) => failed('unexpected', detail)))
    fc.assert(
      fc.property(fc.array(fc.array(check, { maxLength: 4 }), { maxLength: 6 }), (all) => {
        const states = all.map((checks, index) => endpoint(`node-${index}:22`, ...checks.slice(-3)))
        const xml = [...portsJunit({ startedAt: '2026-11-22T10:00:00.000Z', durationMs: 1, states }, context)].join('')
        const { cases, suite } = parseJunit(xml)
        expect(cases.map(({ attributes }) => attributes['name'])).toEqual(states.map((_, index) => `node-${index}:22`))
        expect(suite).toMatchObject(countsOf(cases))
        expect(xml).not.toContain('[[ATTACHMENT|')
      }),
    )
  })
})
