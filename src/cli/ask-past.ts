import { counted } from '../config/wording.ts'
import type { Questions } from '../history/questions.ts'
import { askHistory } from '../history/questions.ts'
import { openStore } from '../history/store.ts'
import { systemClock } from '../model/clock.ts'
import { inOneLine } from '../model/escape.ts'
import type { StepTimes } from '../model/expected-times.ts'
import { expectedTimes, runsThatTell } from '../model/expected-times.ts'
import type { Past } from '../model/own-past.ts'
import { askedOfPast, pastFrom } from '../model/own-past.ts'
import type { Plan } from '../model/plan.ts'
import { IncompleteError, UsageError } from '../model/problem.ts'
import { said } from '../model/said.ts'
import type { Server } from '../model/server.ts'
import type { Threshold } from '../model/threshold.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { cachePlace } from './history/cache-place.ts'
import { leftOutLines } from './history/left-out.ts'
import { within } from './past-of-run.ts'

/** What is asked of past runs. */
export interface AskedOfPast {
  /** The folder of past runs, absolute. */
  readonly history: string
  readonly thresholds: readonly Threshold[]
  readonly servers: readonly Pick<Server, 'id'>[]
  /** What was measured with another one tells nothing. */
  readonly os: string
  /** Only runs that started before; ISO 8601. */
  readonly before?: string
}

/**
 * Asks past runs what rules about a server's own history go by.
 *
 * @param note Hears what is wrong with the history, and is left out.
 * @returns Nothing if no rule asks for anything.
 * @throws IncompleteError if the history cannot be read.
 */
export async function askPast(asked: AskedOfPast, note: (text: string) => void): Promise<Past | undefined> {
  return askedOfPast(asked.thresholds).length === 0 ? undefined : asking(asked.history, note, (questions, say) => ownPast(asked, questions, say))
}

/**
 * A plan with all that it goes by of past runs: what servers measured, where rules ask for that, and how long they take, if those that take longest are to be
 * started first. From then on it stands for itself.
 *
 * @throws IncompleteError if the history cannot be read; UsageError if more is asked of it than a plan can hold.
 */
export async function withHistory(plan: Plan, isLongestFirst: boolean, note: (text: string) => void): Promise<Plan> {
  const { history, servers } = plan
  if (history === undefined || (!isLongestFirst && askedOfPast(plan.thresholds).length === 0)) return plan
  refuseTooMuch(plan)
  return asking(history, note, (questions, say): Plan => {
    const past = askedOfPast(plan.thresholds).length > 0 ? ownPast({ ...plan, history }, questions, say) : undefined
    const expectedMs = isLongestFirst ? expectedTimes(servers, stepTimes(plan, questions)) : undefined
    if (isLongestFirst && !expectedMs) say(`${history}: no past run tells how long any of these servers takes: they are started as they stand`)
    return { ...plan, ...(past && { past }), ...(expectedMs && { expectedMs }) }
  })
}

/** Of a server that this system was never installed on, what it took with another one tells more than what others take. */
function stepTimes({ servers, os }: Plan, questions: Questions): StepTimes {
  const ids = servers.map(({ id }) => id)
  const alike = questions.lastSteps({ servers: ids, last: runsThatTell, os })
  const others = ids.filter((id) => !alike.has(id))
  return new Map([...alike, ...questions.lastSteps({ servers: others, last: runsThatTell })])
}

/** More make no plan that a journal can hold. */
const mostAnswers = 2_000_000

function refuseTooMuch({ servers, thresholds }: Pick<Plan, 'servers' | 'thresholds'>): void {
  const asked = askedOfPast(thresholds).length
  if (servers.length * asked <= mostAnswers) return
  throw new UsageError([`thresholds: the own history of ${counted(servers.length, 'server')} by ${asked} metrics is more than a run can hold (${mostAnswers.toLocaleString('en')}): run fewer at once, with --shard`])
}

/** So many servers at once: of each, only the medians are held any longer. */
const atOnce = 500

function ownPast({ thresholds, servers, os, before, history }: AskedOfPast, questions: Questions, say: (text: string) => void): Past {
  const asked = askedOfPast(thresholds)
  const which = { last: Math.max(...asked.map(({ last }) => last)), metrics: [...new Set(asked.map(({ metric }) => metric))], os, ...(before !== undefined && { before }) }
  const past: Past = { asked: [...asked], servers: {} }
  for (let from = 0; from < servers.length; from += atOnce) {
    const measured = questions.lastValues({ ...which, servers: servers.slice(from, from + atOnce).map(({ id }) => id) })
    Object.assign(past.servers, pastFrom(asked, measured).servers)
  }
  if (Object.keys(past.servers).length === 0) say(`${history}: no past run with ${os} has measured what rules about a server's own history ask for: they judge nobody yet`)
  return past
}

/** Many years of a large fleet are read for the first time in some minutes. */
const longestMs = 600_000

async function asking<T>(history: string, note: (text: string) => void, ask: (questions: Questions, say: (text: string) => void) => T): Promise<T> {
  const leftOut: string[] = []
  const notes = new Set<string>()
  const stderr = guardStream(process.stderr)
  const store = openStore(history, { onProblem: (problem) => leftOut.push(problem) })
  // What is asked may be asked anew, and is told once.
  const asked = askHistory(store, cachePlace((line) => stderr.write(`rackbench: ${line}\n`)), (questions) => ask(questions, (text) => notes.add(text)))
  const answer = await within(asked, systemClock, longestMs).catch((error: unknown) => {
    throw new IncompleteError([`${history}: ${inOneLine(said(error))}`])
  })
  for (const line of [...notes, ...leftOutLines(leftOut)]) note(line)
  return answer
}
