import { expect, test } from 'vitest'
import { alone, beside } from '../../bench/bench.ts'
import { tableOf } from '../../bench/table.ts'

test('every result is a line of a table whose columns line up', () => {
  const faster = beside({ what: 'servers', figure: { value: 3.21, unit: 's' }, target: { is: 'at least', value: 2, goal: 4 } }, 'times faster', { what: 'seed.py', value: 9.5, unit: 's' })
  const memory = alone({ what: 'peak', figure: { value: 412.34, unit: 'MB' }, target: { is: 'at most', value: 400 } })
  const lines = alone({ what: 'lines', figure: { value: 160_257, unit: 'lines' } })
  expect(
    tableOf([
      { bench: 'seed', results: [faster, lines] },
      { bench: 'memory', results: [memory] },
      { bench: 'command', results: [{ what: 'servers', missing: 'parallel is not installed' }] },
    ]),
  ).toBe(`\
| bench   | what    | figure                                  | beside          | ratio             | target             | reached |
| ------- | ------- | --------------------------------------- | --------------- | ----------------- | ------------------ | ------- |
| seed    | servers | 3.21 s                                  | seed.py: 9.50 s | 2.96 times faster | at least 2, goal 4 | yes     |
| seed    | lines   | 160,257 lines                           |                 |                   |                    |         |
| memory  | peak    | 412 MB                                  |                 |                   | at most 400 MB     | no      |
| command | servers | not measured: parallel is not installed |                 |                   |                    |         |`)
})

test.each<[number, string]>([
  [0, '0 s'],
  [0.0123, '0.0123 s'],
  [9.5, '9.50 s'],
  [25, '25 s'],
  [99.96, '100.0 s'],
  [1234.5, '1,235 s'],
])('a figure of %d has three digits that count', (value, shown) => {
  expect(tableOf([{ bench: 'b', results: [alone({ what: 'w', figure: { value, unit: 's' } })] }]).split('|')).toContain(` ${shown.padEnd('figure'.length)} `)
})
