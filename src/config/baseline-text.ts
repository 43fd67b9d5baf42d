import { Document, isMap, isSeq } from 'yaml'
import type { Baseline, BaselineRule } from '../model/baseline.ts'
import type { Json } from './kind.ts'
import { counted, oneLine } from './wording.ts'
import { jsonText, yamlText } from './written-out.ts'

/** Where rules come from, for whoever reads them later. */
interface Origin {
  /** The runs, each in words. */
  readonly runs: readonly string[]
  readonly marginPercent: number
}

/** Rules as a configuration file, in YAML, with comments that say what each was made from. */
export function baselineAsYaml({ rules }: Baseline, { runs, marginPercent }: Origin): string {
  const document = new Document({ thresholds: rules.map(({ rule }) => rule) })
  document.commentBefore = [`made by \`rackbench baseline\` with a margin of ${marginPercent}%, from:`, ...runs.map((run) => `  ${run}`)].map((line) => ` ${oneLine(line)}`).join('\n')
  const items = document.get('thresholds', true)
  for (const [index, item] of (isSeq(items) ? items.items : []).entries()) {
    if (!isMap(item)) continue
    item.flow = true
    item.commentBefore = ` ${oneLine(describe(rules[index]!))}`
  }
  return yamlText(document)
}

/** Rules as a configuration file, in JSON. */
export function baselineAsJson({ rules }: Baseline): string {
  return jsonText({ thresholds: rules.map(({ rule }) => rule as Json) })
}

function describe({ group, servers, median, mad, trimmed, spreadPercent, isDirectionKnown }: BaselineRule): string {
  const parts = [
    `${group}: ${counted(servers, 'server')}`,
    `median ${short(median)}`,
    `MAD ${short(mad)}`,
    `${trimmed} trimmed`,
    ...(Number.isFinite(spreadPercent) ? [`the others within ${short(spreadPercent, 2)}%`] : []),
    ...(isDirectionKnown ? [] : ['which direction is better is not known: remove the bound that does not matter']),
  ]
  return parts.join(', ')
}

function short(value: number, digits = 6): string {
  return String(Number(value.toPrecision(digits)))
}
