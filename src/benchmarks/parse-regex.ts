import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { MeasurementError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'
import { decimal } from '../model/decimal.ts'
import { metricNamePattern } from './metric-name.ts'
import { readable, shorten } from './tool-output.ts'

/** A pattern may try so long. Written unluckily it would try for years; the rest of rackbench waits meanwhile. */
const limitMs = 1000

/** A regular expression of JavaScript, in which named groups stand for metrics; `^` and `$` are those of lines. */
const pattern = z.string().max(1000).superRefine((source, context) => {
  const groups = groupsOf(source)
  const problem = typeof groups === 'string' ? groups : problemOf(groups)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

/** One pattern or several, each of which matches once. */
export const patternsSchema = z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(pattern).min(1).max(50)).meta({ shorthand: { type: 'string' } })

/** The named groups of a pattern, or what is wrong with it. */
function groupsOf(source: string): string[] | string {
  try {
    void new RegExp(source, 'gm')
    return Object.keys(new RegExp(`${source}|`).exec('')?.groups ?? {})
  } catch (error) {
    return `is no regular expression: ${(error as Error).message}`
  }
}

function problemOf(groups: readonly string[]): string | undefined {
  if (groups.length === 0) return String.raw`has no named group: write (?<metric>[\d.]+) where the number stands`
  const unusable = groups.find((name) => !metricNamePattern.test(name))
  return unusable === undefined ? undefined : `has a group that is no name of a metric: ${unusable}`
}

/** The metrics that patterns yield, in the order of their groups. */
export function metricsOf(patterns: readonly string[]): string[] {
  return patterns.flatMap(groupsOf)
}

type Groups = Readonly<Record<string, string | undefined>>

/**
 * Takes metrics out of what a command printed by the named groups of patterns.
 *
 * @throws MeasurementError if a pattern does not match, matches twice, takes too long, or a group holds no number.
 */
export function parseRegex(command: string, stdout: string, patterns: readonly string[]): Metrics {
  const text = readable(stdout)
  return Object.fromEntries(patterns.flatMap((source) => Object.entries(onlyMatch(command, text, source)).map(([metric, written]) => [metric, numberOf(command, metric, written)])))
}

function onlyMatch(command: string, text: string, source: string): Groups {
  const [only, second] = matchesOf(command, text, source)
  if (only === undefined) throw new MeasurementError(`${command} printed nothing that matches ${shown(source)}`)
  if (second !== undefined) throw new MeasurementError(`${command} printed more than one thing that matches ${shown(source)}`)
  return only
}

/** Matches up to two times; another context is the only place where a regular expression can be stopped. */
function matchesOf(command: string, text: string, source: string): readonly Groups[] {
  try {
    const script = `const found = []; for (const { groups } of text.matchAll(new RegExp(source, 'gm'))) { found.push({ ...groups }); if (found.length === 2) break } found`
    return runInNewContext(script, { text, source }, { timeout: limitMs }) as readonly Groups[]
  } catch (error) {
    throw new MeasurementError(`${command}: what it printed could not be matched with ${shown(source)} within ${limitMs} ms`, { cause: error })
  }
}

function numberOf(command: string, metric: string, written: string | undefined): number {
  const value = written === undefined ? undefined : decimal(written)
  if (value === undefined) throw new MeasurementError(`${command} printed ${written === undefined ? 'nothing' : JSON.stringify(shorten(written))} for ${metric}: it should be a number such as 1234.5`)
  return value
}

function shown(source: string): string {
  return JSON.stringify(shorten(source))
}
