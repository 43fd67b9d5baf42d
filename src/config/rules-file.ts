import { resolve } from 'node:path'
import { scoreMetric } from '../model/metrics.ts'
import type { Threshold } from '../model/threshold.ts'
import { parseThresholds } from './config-file.ts'
import { isRecord, number } from './kind.ts'
import { limits, readText } from './read-text.ts'
import type { Tell } from './wording.ts'
import { refusal } from './wording.ts'
import { parseYaml } from './yaml.ts'

/** Reads the rules of a file: a list of them, or an object with `thresholds`, like a configuration. Of what it cannot take it tells. */
export async function readRules(path: string, cwd: string, tell: Tell): Promise<readonly Threshold[] | undefined> {
  const text = await readText(resolve(cwd, path), { limit: limits.settings, label: path }, tell)
  const parsed = text === undefined ? undefined : await parseYaml(text, { label: path }, tell)
  if (!parsed) return undefined
  const { value } = parsed
  const rules = isRecord(value) ? value['thresholds'] : value
  if (rules === undefined && isRecord(value) && value['threshold'] !== undefined) return shortRule(value['threshold'], path, tell)
  if (Array.isArray(rules)) return parseThresholds(rules, (problem) => tell(`${path}: ${problem}`))
  tell(refusal(path, 'a list of rules, or an object with thresholds', value))
  return undefined
}

function shortRule(given: unknown, path: string, tell: Tell): readonly Threshold[] | undefined {
  const reading = number(given)
  if ('value' in reading) return [{ metric: scoreMetric, min: reading.value }]
  tell(refusal(`${path}: threshold`, reading.expected, given))
  return undefined
}
