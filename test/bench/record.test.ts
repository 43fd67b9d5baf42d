import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../bench/bench.ts'
import { alone } from '../../bench/bench.ts'
import { benches } from '../../bench/benches.ts'
import type { Entry } from '../../bench/record.ts'
import { merged, withTable } from '../../bench/record.ts'
import { checkout } from '../fixtures/shell.ts'

const finding = (value: number): Finding => alone({ what: 'w', figure: { value, unit: 's' } })
const entry = (bench: string, value: number, date = '2026-11-22T01:02:03.000Z'): Entry => ({ bench, machine: { cores: 2, node: '20.19.0', date }, results: [finding(value)] })

describe('what was measured', () => {
  test('takes the place of what was measured before, and leaves the rest', () => {
    expect(merged([entry('help', 1), entry('gone', 2), entry('seed', 3)], [entry('help', 4)], ['seed', 'help', 'http'])).toEqual([entry('seed', 3), entry('help', 4)])
  })

  test('goes into the document between its marks, with the machine', () => {
    const document = 'before\n<!-- results: begin -->\nold\n<!-- results: end -->\nafter\n'
    expect(withTable(document, [entry('help', 4)])).toBe(`before
<!-- results: begin -->
Measured: 2026-11-22, 2 cores, Node 20.19.0.

| bench | what | figure | beside | ratio | target | reached |
| ----- | ---- | ------ | ------ | ----- | ------ | ------- |
| help  | w    | 4 s    |        |       |        |         |
<!-- results: end -->
after
`)
  })

  test('tells which bench ran where, if not all ran on one day', () => {
    const text = withTable('<!-- results: begin --><!-- results: end -->', [entry('seed', 1), entry('help', 2), entry('http', 3, '2026-12-01T01:02:03.000Z')])
    expect(text).toContain('Measured: seed, help: 2026-11-22, 2 cores, Node 20.19.0; http: 2026-12-01, 2 cores, Node 20.19.0.')
  })

  test('is refused by a document without a place for it', () => {
    expect(() => withTable('nothing', [])).toThrow('lacks')
  })
})

describe('docs/performance.md', () => {
  const read = (name: string): Promise<string> => readFile(join(checkout, name), 'utf8')

  test('shows what bench/results.json holds', async () => {
    const { benches: entries } = JSON.parse(await read('bench/results.json')) as { readonly benches: readonly Entry[] }
    const document = await read('docs/performance.md')
    expect(withTable(document, entries)).toBe(document)
    expect(entries.map(({ bench }) => bench)).toEqual(benches.map(({ name }) => name))
  })

  test('tells what each bench means', async () => {
    const told = [...(await read('docs/performance.md')).matchAll(/^- \*\*(\w+)\*\*/gm)].map(([, name]) => name)
    expect(told).toEqual(benches.map(({ name }) => name))
  })
})
