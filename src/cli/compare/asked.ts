import type { Kind } from '../../config/kind.ts'
import { oneOf, percent } from '../../config/kind.ts'
import { refusal } from '../../config/wording.ts'
import { UsageError } from '../../model/problem.ts'
import type { Where } from '../../model/where.ts'
import type { Arguments } from '../command-line.ts'
import { formats } from '../options/answer.ts'
import { readConditions } from '../select-servers.ts'

/** What `rackbench compare` is told. */
export interface Asked {
  readonly sides: readonly [string, string]
  readonly conditions: readonly Where[]
  readonly by: readonly string[]
  readonly metrics: readonly string[]
  readonly better: Readonly<Record<string, 'higher' | 'lower'>>
  readonly format: (typeof formats)['compare'][number]
  /** From which change for the worse on it is a failure, in percent; nothing if it never is. */
  readonly failOver: number | undefined
}

/** @throws UsageError with every problem of words and options. */
export function readAsked({ flags, lists, words }: Arguments): Asked {
  const problems: string[] = []
  const read = <T>(name: string, kind: Kind<T>): T | undefined => {
    const given = flags[name]
    const reading = given === undefined ? { value: undefined } : kind(given)
    if ('value' in reading) return reading.value
    problems.push(refusal(`--${name}`, reading.expected, given))
    return undefined
  }
  const [first = '', second = '', ...more] = words
  if (words.length < 2) problems.push(`compare: ${words.length === 0 ? 'what with what' : `${JSON.stringify(first)} with what`}? \`rackbench compare before/results.json rackbench-out\`, say, or \`rackbench compare last~7 last\``)
  else if (more.length > 0) problems.push(`compare takes two sides, not ${words.length}: ${words.map((word) => JSON.stringify(word)).join(' ')}`)
  else if (first === '' || second === '') problems.push('compare: one of the sides is empty')
  const format = read('format', oneOf(formats.compare)) ?? 'table'
  const failOver = read('fail-over', percent)
  const by = (lists['by'] ?? []).flatMap((given) => given.split(','))
  if (by.includes('')) problems.push(refusal('--by', 'names of labels, like model or model,rack', (lists['by'] ?? []).join(',')))
  const better = (lists['better'] ?? []).map((given) => directionOf(given, problems))
  const conditions = conditionsOf(lists['where'] ?? [], problems)
  if (problems.length > 0) throw new UsageError(problems)
  return { sides: [first, second], conditions, by: [...new Set(by)], metrics: lists['metric'] ?? [], better: Object.fromEntries(better), format, failOver }
}

const direction = oneOf(['higher', 'lower'])

/** `latency=lower`. A name may hold a `=` of its own. */
function directionOf(given: string, problems: string[]): readonly [string, 'higher' | 'lower'] {
  const end = given.lastIndexOf('=')
  const reading = direction(given.slice(end + 1))
  if ('value' in reading && end > 0) return [given.slice(0, end), reading.value]
  problems.push(refusal('--better', 'metric=higher or metric=lower', given))
  return ['', 'higher']
}

function conditionsOf(texts: readonly string[], problems: string[]): readonly Where[] {
  try {
    const conditions = readConditions(texts)
    if (conditions.some(({ key }) => key === 'address')) problems.push('--where address: what a run leaves behind has no addresses')
    return conditions
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    problems.push(...error.problems)
    return []
  }
}
