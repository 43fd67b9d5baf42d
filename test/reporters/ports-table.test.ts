import { describe, expect, test } from 'vitest'
import { allColours, noColours } from '../../src/reporters/colour.ts'
import { portsTable, renderPorts } from '../../src/reporters/ports-table.ts'
import { stripEscapes } from '../../src/model/escape.ts'
import { context, endpoint, failed, knowing, round, up } from './ports-rounds.ts'

const [refused, timeout] = [failed('refused'), failed('timeout')]
const waiting = { is: 'waiting', leftMs: 12_300 } as const
const states = [
  endpoint('a:22', up()),
  endpoint('b:22', timeout),
  endpoint('c:22', up(), refused, up()),
  endpoint('d:443', up(3)),
  endpoint('e:22', timeout, timeout, refused),
  endpoint('f:22', refused, refused, refused),
]

describe('the table of a round', () => {
  test('has the worst first: down, flapping, failing, a certificate that expires soon, up', () => {
    expect(renderPorts(portsTable(round(7, states), context), waiting, { columns: 120, rows: 24, colours: noColours })).toEqual([
      '6 endpoints, 2 up, 1 failing, 1 flapping, 2 down, round 7 took 1.2s, next in 12s',
      'STATUS    ENDPOINT  LAST  TOOK   WHY',
      'down      e:22      xxx   3s     timeout (2 of 3), refused (1 of 3)',
      'down      f:22      xxx   3s     refused (3 of 3)',
      'flapping  c:22      .x.   1.5ms  refused (1 of 3)',
      'failing   b:22      x     3s     timeout (1 of 1)',
      'up        d:443     .     1.5ms  its certificate expires in 3 days',
      'up        a:22      .     1.5ms',
    ])
  })

  test('says which server is where, if an inventory knows', () => {
    expect(renderPorts(portsTable(round(1, states.slice(0, 2)), knowing('b', '104', '105')), { is: 'checking', forMs: 1000 }, { columns: 120, rows: 24, colours: noColours })).toEqual([
      '2 endpoints, 1 up, 1 failing, 0 down, round 1 took 1.2s, checking for 1s',
      'STATUS   ENDPOINT  SERVER    LAST  TOOK   WHY',
      'failing  b:22      104, 105  x     3s     timeout (1 of 1)',
      'up       a:22                .     1.5ms',
    ])
  })

  test('says that a round does not count, and what no round has counted of', () => {
    expect(renderPorts(portsTable(round(2, [endpoint('a:22'), endpoint('b:22', up())], { cutOff: 1 }), context), { is: 'over' }, { columns: 120, rows: 24, colours: noColours })).toEqual([
      '2 endpoints, 1 up, 1 unknown, 0 down, round 2 took 1.2s, it does not count: this monitor is probably cut off',
      'STATUS   ENDPOINT  LAST  TOOK   WHY',
      'unknown  a:22',
      'up       b:22      .     1.5ms',
    ])
  })

  test('says what there is no room for', () => {
    const draw = (rows: number) => renderPorts(portsTable(round(1, states), context), waiting, { columns: 120, rows, colours: noColours })
    expect(draw(9).slice(2)).toEqual(['down    e:22      xxx   3s    timeout (2 of 3), refused (1 of 3)', 'down    f:22      xxx   3s    refused (3 of 3)', 'and 4 more, 1 flapping, 1 failing, 2 up'])
    expect(draw(11).slice(-1)).toEqual(['and 2 more, all up'])
  })

  test('fits into the terminal, whatever its size and however many endpoints there are', () => {
    const many = Array.from({ length: 3000 }, (_, index) => endpoint(`10.0.${index >> 8}.${index & 255}:22`, index % 7 === 0 ? refused : up()))
    const table = portsTable(round(1, many), knowing('10.0.0.0', 'a-server-with-a-long-name'))
    for (const [columns, rows] of [[20, 5], [80, 24], [200, 900], [1, 1]] as const) {
      const lines = renderPorts(table, waiting, { columns, rows, colours: allColours }).map(stripEscapes)
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(Math.max(columns, 2))
      expect(lines.length).toBeLessThan(Math.max(rows, 5))
    }
  })

  test('is painted by status', () => {
    const [summary, , row] = renderPorts(portsTable(round(1, [endpoint('a:22', refused, refused, refused)]), context), waiting, { columns: 120, rows: 24, colours: allColours })
    expect(summary).toContain(allColours.red('1 down'))
    expect(row).toBe(`${allColours.red('down')}    a:22      xxx   3s    refused (3 of 3)`)
  })
})
