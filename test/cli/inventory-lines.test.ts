import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inventoryLines } from '../../src/cli/inventory-lines.ts'
import { UsageError } from '../../src/model/problem.ts'
import type { Server, ServerId } from '../../src/model/server.ts'

const server = (id: string, labels: Server['labels'] = {}, address?: string): Server => ({ id: id as ServerId, ...(address !== undefined && { address }), labels })
const fleet = [server('10', { model: 'R640', rack: 'A1' }, '10.0.0.10'), server('2'), server('node-01', { rack: 'B2', note: 'a, "b"\nc' }, 'fd00::1')]
const written = (format: keyof typeof inventoryLines, servers: readonly Server[] = fleet, columns = 80): string => [...inventoryLines[format](servers, columns)].join('\n')

const ids = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,5}$/), { maxLength: 8 })
const labels = fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 4, noNullPrototype: true })
const servers = ids.chain((all) => fc.tuple(...all.map((id) => fc.record({ labels, address: fc.option(fc.ipV4(), { nil: undefined }) }).map((more) => server(id, more.labels, more.address)))))

test('ids are one a line', () => {
  expect(written('ids')).toBe('10\n2\nnode-01')
})

test('ndjson is one server a line', () => {
  expect(written('ndjson').split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(fleet)
})

describe('json', () => {
  test("is one object by ID, in the inventory's order", () => {
    expect(written('json', fleet.slice(0, 2))).toBe('{\n  "10": {"id":"10","address":"10.0.0.10","labels":{"model":"R640","rack":"A1"}},\n  "2": {"id":"2","labels":{}}\n}')
    expect(written('json', [])).toBe('{\n}')
  })

  test('gives every server back, whatever its labels are called', () => {
    fc.assert(
      fc.property(servers, (all) => {
        const read = JSON.parse(written('json', all)) as Readonly<Record<string, Server>>
        expect(Object.keys(read).toSorted()).toEqual(all.map(({ id }) => id).toSorted())
        expect(all.map(({ id }) => read[id])).toEqual(all)
      }),
    )
  })
})

describe('csv', () => {
  test('has a column for each label that any server has', () => {
    expect(written('csv')).toBe('id,address,model,rack,note\n10,10.0.0.10,R640,A1,\n2,,,,\nnode-01,fd00::1,,B2,"a, ""b""\nc"')
  })

  test('has no two columns of one name', () => {
    expect(written('csv', [server('1', { id: 'x', address: 'y' }, 'z')])).toBe('id,address,label:id,label:address\n1,z,x,y')
    expect(written('csv', [server('1', { IP: '10.0.0.9', host: 'h' })])).toBe('id,address,label:IP,label:host\n1,,10.0.0.9,h')
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '=cmd|x!A1'])('lets no spreadsheet take %s for a formula', (value) => {
    expect(written('csv', [server('1', { note: value })])).toBe(`id,address,note\n1,,'${value}`)
    expect(written('csv', [server('1', { [value]: 'a' })])).toBe(`id,address,'${value}\n1,,a`)
  })

  test('is refused where its columns would be without end', () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`label-${index}`, 'x']))
    expect(() => written('csv', [server('1', many)])).toThrow(new UsageError(['--format csv: 1001 different labels would be as many columns, at most 1000: take json or ndjson']))
  })

  test('gives every server back, over as many rows as there are', () => {
    const many = Array.from({ length: 1201 }, (_, index) => server(String(index), { rack: `A${index % 7}` }, '10.0.0.1'))
    expect(parse(written('csv', many), { columns: true })).toEqual(many.map(({ id, address, labels: { rack } }) => ({ id, address, rack })))
  })
})

describe('a table', () => {
  test('is as wide as what is in it', () => {
    expect(written('table', [fleet[0]!, fleet[1]!])).toBe('ID  ADDRESS    LABELS\n10  10.0.0.10  model=R640 rack=A1\n2')
  })

  test('is no wider than it may be, but for IDs, which are whole', () => {
    const wide = server('x'.repeat(128), { note: 'y'.repeat(5000) }, 'z'.repeat(5000))
    expect(written('table', [wide]).split('\n').map((line) => line.length)).toEqual([128 + 2 + 45 + 2 + 'LABELS'.length, 128 + 2 + 45 + 2 + 20])
    expect(written('table', [server('1', { note: 'y'.repeat(5000) })], 40).split('\n')[1]).toBe(`1   ${' '.repeat('ADDRESS'.length)}  note=${'y'.repeat(40 - '1   ADDRESS  note=…'.length)}…`)
  })
})
