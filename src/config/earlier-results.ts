import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describeIssues } from '../model/problem.ts'
import type { Results } from '../model/results.ts'
import { resultsSchema, resultsVersion } from '../model/results.ts'
import type { ServerId } from '../model/server.ts'
import { isRecord } from './kind.ts'
import { limits, readText } from './read-text.ts'
import type { Given } from './settings.ts'
import type { Tell } from './wording.ts'
import { quote } from './wording.ts'

/** The servers of an earlier run, in the order of its selection: those that passed, and those that did not. */
export type EarlierResults = ReadonlyMap<ServerId, 'passed' | 'not passed'>

/** Which servers passed in a results.json, or tells in one line why it is none. */
export async function readEarlierResults(given: Given<string>, tell: Tell): Promise<EarlierResults | undefined> {
  const results = await readResults(given, tell)
  return results && new Map(results.servers.map(({ id, status }) => [id, status === 'passed' ? 'passed' : 'not passed']))
}

/** Reads a results.json, or that of a run directory, or tells in one line why it is none. */
export async function readResults({ value, label, folder }: Given<string>, tell: Tell): Promise<Results | undefined> {
  const name = await nameOfResults(value, folder)
  const at = label === '' ? name : `${label}: ${name}`
  const text = await readText(resolve(folder, name), { limit: limits.results, label: at }, tell)
  if (text === undefined) return undefined
  const content = parseJson(text)
  if (content === undefined) tell(`${at}: is not JSON, or is cut short`)
  else if (versionOf(content) > resultsVersion) {
    tell(`${at}: was written by a newer rackbench (schemaVersion ${versionOf(content)}; this one reads ${resultsVersion})`)
  } else {
    const parsed = resultsSchema.safeParse(content)
    if (parsed.success) return parsed.data
    tell(`${at}: is not a results.json of rackbench: ${describeIssues(parsed.error, content)[0] ?? quote(content)}`)
  }
  return undefined
}

/** A run directory stands for the results in it. */
async function nameOfResults(path: string, folder: string): Promise<string> {
  const isDirectory = await stat(resolve(folder, path)).then((found) => found.isDirectory(), () => false)
  return isDirectory ? join(path, 'results.json') : path
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
