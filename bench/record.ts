import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from './bench.ts'
import { tableOf } from './table.ts'

/** What a bench has found, and where. */
export interface Entry {
  readonly bench: string
  readonly machine: { readonly cores: number; readonly node: string; readonly date: string }
  readonly results: readonly Result[]
}

const begin = '<!-- results: begin -->'
const end = '<!-- results: end -->'

/** Those of `fresh`, and those of `past` that were not measured again; in the order of `names`. What has no name any more is left out. */
export function merged(past: readonly Entry[], fresh: readonly Entry[], names: readonly string[]): Entry[] {
  return names.flatMap((name) => {
    const entry = [...fresh, ...past].find(({ bench }) => bench === name)
    return entry ? [entry] : []
  })
}

/** The document with the table of these entries in place of the one that is in it. */
export function withTable(document: string, entries: readonly Entry[]): string {
  const [before = '', rest = ''] = document.split(begin, 2)
  const [, after] = rest.split(end, 2)
  if (after === undefined) throw new Error(`docs/performance.md lacks ${begin} or ${end}`)
  return `${before}${begin}\n${described(entries)}\n${end}${after}`
}

function described(entries: readonly Entry[]): string {
  const machineOf = ({ machine: { cores, node, date } }: Entry): string => `${date.slice(0, 10)}, ${cores} cores, Node ${node}`
  const machines = [...new Set(entries.map(machineOf))]
  const measuredOn = (machine: string): string => entries.filter((entry) => machineOf(entry) === machine).map(({ bench }) => bench).join(', ')
  const where = machines.length === 1 ? machines : machines.map((machine) => `${measuredOn(machine)}: ${machine}`)
  return `Measured: ${where.join('; ')}.\n\n${tableOf(entries)}`
}

/** Writes what was found to `bench/results.json` and into docs/performance.md. What was not measured this time stays as it was. */
export async function record(checkout: string, fresh: readonly Entry[], names: readonly string[]): Promise<void> {
  const [results, document] = [join(checkout, 'bench/results.json'), join(checkout, 'docs/performance.md')]
  const past = await readFile(results, 'utf8').then((text) => (JSON.parse(text) as { readonly benches: readonly Entry[] }).benches, () => [])
  const benches = merged(past, fresh, names)
  await writeFile(results, `${JSON.stringify({ benches }, null, 2)}\n`)
  await writeFile(document, withTable(await readFile(document, 'utf8'), benches))
}
