import { resolve } from 'node:path'
import { describeIssues } from '../model/problem.ts'
import { resultsSchema, resultsVersion } from '../model/results.ts'
import type { ServerId } from '../model/server.ts'
import { isRecord } from './kind.ts'
import { limits, readText } from './read-text.ts'
import type { Given } from './settings.ts'
import type { Tell } from './wording.ts'
import { quote } from './wording.ts'

/** The servers of an earlier run, in the order of its selection: those that passed, and those that did not. */
export type EarlierResults = ReadonlyMap<ServerId, 'passed' | 'not passed'>

/** Reads a results.json, or tells in one line why it is none. */
export async function readEarlierResults({ value, label, folder }: Given<string>, tell: Tell): Promise<EarlierResults | undefined> {
  const at = `${label}: ${value}`
  const text = await readText(resolve(folder, value), { limit: limits.results, label: at }, tell)
  if (text === undefined) return undefined
  const content = parseJson(text)
  if (content === undefined) tell(`${at}: is not JSON, or is cut short`)
  else if (versionOf(content) > resultsVersion) {
    tell(`${at}: was written by a newer rackbench (schemaVersion ${versionOf(content)}; this one reads ${resultsVersion})`)
  } else {
    const parsed = resultsSchema.safeParse(content)
    if (parsed.success) return new Map(parsed.data.servers.map(({ id, status }) => [id, status === 'passed' ? 'passed' : 'not passed']))
    tell(`${at}: is not a results.json of rackbench: ${describeIssues(parsed.error, content)[0] ?? quote(content)}`)
  }
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function versionOf(content: unknown): number {
  const version = isRecord(content) ? content['schemaVersion'] : undefined
  return typeof version === 'number' ? version : 0
}
