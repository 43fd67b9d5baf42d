import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/config/kind.ts'
import { duration, isRecord, maxBroken, namedProvisioner, number, oneOf, path, servers, shard, simulation, text, wholeNumber, yesOrNo } from '../../src/config/kind.ts'

const wholeFrom1 = 'a whole number of at least 1'
const written = 'a duration (write 90s, 45m or 2h)'
const parts = 'k/n with k from 1 to n, n at most 1000, like 2/4'
const share = 'a number of servers, or a share of them from 0% to 100%'
const module = 'the name of a provisioner, or the path of a module'

interface Table {
  readonly kind: Kind<unknown>
  readonly takes: readonly (readonly [given: unknown, value: unknown])[]
  readonly refuses: readonly (readonly [given: unknown, expected: string])[]
}

const tables: Record<string, Table> = {
  number: {
    kind: number,
    takes: [['50', 50], [50, 50], ['-1.5', -1.5], ['+2', 2], ['.5', 0.5], ['5.', 5], ['1e3', 1000], ['0', 0], ['-0', 0]],
    refuses: ['', ' ', 'abc', '1e400', '0x10', 'NaN', 'Infinity', '5 0', '1,5', NaN, Infinity, null, true, [5]].map((given) => [given, 'a number']),
  },
  wholeNumber: {
    kind: wholeNumber(1, 1000),
    takes: [['1', 1], [1000, 1000], ['015', 15]],
    refuses: [['0', wholeFrom1], ['-3', wholeFrom1], ['1.5', wholeFrom1], ['', wholeFrom1], [false, wholeFrom1], ['1001', 'a whole number of at most 1000']],
  },
  oneOf: { kind: oneOf(['a', 'b']), takes: [['a', 'a'], ['b', 'b']], refuses: [['A', 'a | b'], ['', 'a | b'], [1, 'a | b']] },
  yesOrNo: {
    kind: yesOrNo,
    takes: [[true, true], ['true', true], [false, false], ['false', false]],
    refuses: ['yes', 1, ''].map((given) => [given, 'true or false']),
  },
  'duration above 0': {
    kind: duration({ zero: 'refused' }),
    takes: [['90s', 90_000], ['45m', 2_700_000], ['2h', 7_200_000], ['1.5h', 5_400_000], ['365d', 31_536_000_000]],
    refuses: [
      ...['10', 10, '-5m', '2 h', ''].map((given) => [given, written] as const),
      ['0s', 'a duration above 0 (write 90s, 45m or 2h)'],
      ['366d', 'a duration of at most 365d'],
    ],
  },
  'duration from 0': { kind: duration({ zero: 'allowed' }), takes: [['0s', 0], ['5m', 300_000]], refuses: [['0', written], [0, written]] },
  text: {
    kind: text,
    takes: [['debian-12', 'debian-12'], ['Übung 1', 'Übung 1']],
    refuses: ['', '  ', 'a\nb', 'a\u001Bb', 'a\u2028b', 'x'.repeat(201), 12, null].map((given) => [given, 'a text of one line']),
  },
  path: { kind: path, takes: [['./a b', './a b']], refuses: [['', 'a path'], ['a\0b', 'a path'], [1, 'a path']] },
  maxBroken: {
    kind: maxBroken,
    takes: [['5', { count: 5 }], [0, { count: 0 }], ['10%', { percent: 10 }], ['0.5%', { percent: 0.5 }], ['100%', { percent: 100 }]],
    refuses: ['-1', '1.5', '101%', '-1%', '%', '', 'all', null].map((given) => [given, share]),
  },
  shard: {
    kind: shard,
    takes: [['1/1', { index: 1, of: 1 }], ['2/4', { index: 2, of: 4 }]],
    refuses: ['0/4', '5/4', '1/0', '2', '1/2/3', '-1/4', '1/1001', 'a/b', 0.5, ''].map((given) => [given, parts]),
  },
  namedProvisioner: {
    kind: namedProvisioner,
    takes: [['simulated', { type: 'simulated', settings: {} }], [{ type: './x.mjs', a: 1 }, { type: './x.mjs', settings: { a: 1 } }]],
    refuses: [['', module], [5, module], [['a'], module], [{ a: 1 }, 'an object with a type'], [{ type: 5 }, 'an object with a type']],
  },
  simulation: { kind: simulation, takes: [['rack.yaml', 'rack.yaml'], [{ strict: true }, { strict: true }]], refuses: [['', 'a path'], [[1], 'a path']] },
  servers: {
    kind: servers,
    takes: [['1-3', ['1-3']], [['a', 'b'], ['a', 'b']], [[], []]],
    refuses: [[['a']], null, {}].map((given) => [given, 'server IDs and ranges']),
  },
}

describe.each(Object.entries(tables))('%s', (_, { kind, takes, refuses }) => {
  test.each(takes)('takes %j', (given, value) => {
    expect(kind(given)).toEqual({ value })
  })

  test.each(refuses)('refuses %j', (given, expected) => {
    expect(kind(given)).toEqual({ expected })
  })
})

test('only an object with keys is a record', () => {
  expect([{}, [], null, 'a', undefined].map(isRecord)).toEqual([true, false, false, false, false])
})
