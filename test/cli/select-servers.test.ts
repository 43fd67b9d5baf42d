import { describe, expect, test } from 'vitest'
import { readConditions, selectServers, whyNone } from '../../src/cli/select-servers.ts'
import { UsageError } from '../../src/model/problem.ts'
import type { Server, ServerId } from '../../src/model/server.ts'

const server = (id: string, labels: Server['labels']): Server => ({ id: id as ServerId, labels })
const fleet = [server('10', { model: 'R640', rack: 'A1' }), server('2', { model: 'R640', rack: 'B1' }), server('3', { model: 'R740', rack: 'A2' })]
const selected = (...texts: string[]): string[] => selectServers(fleet, readConditions(texts)).map(({ id }) => id)
const why = (...texts: string[]): string => whyNone({ servers: fleet, unreadable: 0 }, readConditions(texts))

test('servers are selected in their order, by all conditions', () => {
  expect([selected(), selected('model=R640'), selected('rack~^A', 'model=R*'), selected('rack~^A', 'model!=R640')]).toEqual([['10', '2', '3'], ['10', '2'], ['10', '3'], ['3']])
})

test('every condition that is none is told at once', () => {
  expect(() => readConditions(['model', 'rack=A1', 'rack~(', 'x'.repeat(100)])).toThrow(
    new UsageError([
      '--where "model": expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640',
      '--where "rack~(": the pattern is no regular expression: Invalid regular expression: /(/: Unterminated group',
      `--where "${'x'.repeat(80)}": expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640`,
    ]),
  )
})

test('a regular expression that never ends is ended', () => {
  const slow = [server('1', { note: `${'a'.repeat(100)}b` })]
  expect(() => selectServers(slow, readConditions(['note~(?=a)(a+)+$', 'note=a*']), 200)).toThrow(new UsageError(['--where "note~(?=a)(a+)+$": takes longer than 0.2 s: a pattern without nested * and + is quick']))
})

describe('why there is no server:', () => {
  test.each<[readonly string[], string]>([
    [['model=R840'], '--where model=R840: none of 3 servers of the inventory meets it; there is model=R640, R740'],
    [['rack~^A', 'model=R640', 'rack=A2'], '--where rack=A2: none of the 1 left of 3 servers of the inventory meets it; there is rack=A1'],
    [['site=Prague'], '--where site=Prague: none of 3 servers of the inventory meets it; no server has a label site: there are model, rack'],
    [['address=10.*'], '--where address=10.*: none of 3 servers of the inventory meets it; no server has an address'],
    [['id=11'], '--where id=11: none of 3 servers of the inventory meets it; there is id=10, 2, 3'],
  ])('%j', (texts, told) => {
    expect(why(...texts)).toBe(told)
  })

  test('the inventory has none, or none that could be read', () => {
    expect([whyNone({ servers: [], unreadable: 0 }, []), whyNone({ servers: [], unreadable: 1 }, [])]).toEqual(['the inventory is empty', 'not one server of the inventory could be read: 1 could not'])
  })
})
