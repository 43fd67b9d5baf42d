import { resolve } from 'node:path'
import type { SessionEnd } from '../library/session.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes } from '../model/exit-code.ts'
import { DefectError } from '../model/fault.ts'
import { isClosed, problemsOf } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Benchmark } from '../model/provisioner.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import type { ServerState } from '../model/server-state.ts'
import { brokenOf, fallOf } from '../model/verdict.ts'
import type { CarriedOut, Equipment } from '../run/carry-out.ts'
import { carryOutDestroy, carryOutMarks } from '../run/carry-out.ts'
import { forgetNotBegun, leftoverOf } from '../run/directory.ts'
import { shownDirectory } from './again.ts'
import type { Arguments } from './command-line.ts'
import type { Earlier } from './earlier.ts'
import { presentation, withEarlier } from './earlier.ts'
import type { OpenedToMeasure } from './open.ts'
import { openWithSecrets } from './open.ts'
import { withSession } from './session.ts'

/** `rackbench destroy DIR` */
export async function destroy({ flags, words }: Arguments): Promise<number> {
  const directory = resolve(words[0]!)
  const shown = shownDirectory(directory, process.cwd())
  if (flags['if-unfinished'] === true) {
    const leftover = await leftoverOf(directory)
    if (leftover === 'not begun') await forgetNotBegun(directory, { force: presentation(flags).force, now: systemClock.now() })
    if (leftover !== 'unfinished') {
      process.stdout.write(`${shown}: no unfinished run, nothing to wipe\n`)
      return exitCodes.passed
    }
  }
  const all = flags['all'] === true
  return withEarlier(directory, flags, openToSettle, (earlier) => settleAndTell(earlier, (equipment) => carryOutDestroy(earlier.fold, { all }, equipment), (before, after) => describeWipes(before, after, shown)))
}

/** `rackbench mark DIR` */
export async function mark({ flags, words }: Arguments): Promise<number> {
  const directory = resolve(words[0]!)
  return withEarlier(directory, flags, openToSettle, (earlier) => settleAndTell(earlier, (equipment) => carryOutMarks(earlier.fold, equipment), describeMarks))
}

/** Nothing is measured any more: what the benchmark needs need not be there. */
async function openToSettle(plan: Plan): Promise<OpenedToMeasure> {
  return { ...(await openWithSecrets(plan, process.env)), benchmark: measuresNothing }
}

const measuresNothing: Benchmark = {
  name: 'none',
  async run() {
    throw new DefectError('asked to measure a server whose run is only settled')
  },
}

/** What was done, in lines, and whether all of it that was due. */
interface Told {
  readonly lines: readonly string[]
  readonly isDone: boolean
}
type Turns = ReadonlyMap<ServerId, number>

async function settleAndTell({ fold, session }: Earlier, work: (equipment: Equipment) => Promise<CarriedOut>, describe: (before: Turns, after: RunState) => Told): Promise<number> {
  const before: Turns = new Map([...fold.state.servers.values()].map(({ server, turn }) => [server.id, turn]))
  let isDone = false
  await withSession(session, work, ({ state, problems }: SessionEnd, print) => {
    const told = describe(before, state)
    const ofTheRun = problemsOf(state)
    const own = problems.filter((problem) => !ofTheRun.includes(problem))
    for (const line of [...told.lines, ...own.map((problem) => `not in order: ${problem}`)]) print(line)
    isDone = told.isDone && own.length === 0
  })
  return isDone ? exitCodes.passed : exitCodes.incomplete
}

function describeWipes(before: Turns, after: RunState, shown: string): Told {
  const servers = [...after.servers.values()]
  const settled = servers.filter(({ server, turn }) => turn > before.get(server.id)!)
  const wiped = settled.filter(({ destroy: step }) => step?.status === 'passed')
  const failed = settled.filter(({ destroy: step }) => step?.status === 'failed')
  const left = servers.filter((server) => server.left !== 'clean' && !failed.includes(server) && !isOthers(server))
  const lines = [
    `wiped: ${idsOf(wiped)}`,
    ...failed.map(notWiped),
    ...markLines(settled, after),
    ...left.map((server) => `left ${server.left}: ${server.server.id}: ${reasonOf(server)}`),
    ...(isClosed(after) ? [] : [`${shown} is still unfinished: try again when the provisioner answers`]),
  ]
  return { lines, isDone: failed.length === 0 && isClosed(after) && !settled.some((server) => isMarkMissing(server, after)) }
}

function describeMarks(before: Turns, after: RunState): Told {
  const settled = [...after.servers.values()].filter(({ server, turn }) => turn > before.get(server.id)!)
  const unwiped = settled.filter(({ destroy: step }) => step?.status === 'failed')
  const lines = settled.length === 0 ? ['no mark was due'] : [...markLines(settled, after), ...unwiped.map(notWiped)]
  return { lines, isDone: unwiped.length === 0 && !settled.some((server) => isMarkMissing(server, after)) }
}

function notWiped({ server, destroy: step }: ServerState): string {
  return `not wiped: ${server.id}: ${step?.status === 'failed' ? step.failure.message : ''}`
}

function markLines(settled: readonly ServerState[], { plan }: RunState): string[] {
  const marked = settled.filter((server) => brokenOf(server, plan).marked)
  return [
    ...(marked.length > 0 ? [`marked as broken: ${idsOf(marked)}`] : []),
    ...settled.flatMap((server) => {
      const { due, marked: isMarked, withheld, error } = brokenOf(server, plan)
      return due && !isMarked ? [`not marked as broken: ${server.server.id}: ${withheld ?? error ?? 'it was not tried'}`] : []
    }),
  ]
}

function isMarkMissing(server: ServerState, { plan }: RunState): boolean {
  const { due, marked } = brokenOf(server, plan)
  return due && !marked
}

/** Somebody else's, or nobody's: nothing that we left. */
function isOthers(server: ServerState): boolean {
  return ['ServerNotOursError', 'UnknownServerError'].includes(fallOf(server)?.failure.type ?? '')
}

function reasonOf({ destroy: step }: ServerState): string {
  if (step?.status === 'failed') return `it could not be wiped: ${step.failure.message}; --all tries again`
  return step?.status === 'skipped' ? step.because : 'it is not known why'
}

function idsOf(servers: readonly ServerState[]): string {
  return servers.length === 0 ? 'none' : `${servers.length} (${servers.map(({ server }) => server.id).join(' ')})`
}
