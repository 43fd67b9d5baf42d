import type { SessionEnd } from '../library/session.ts'
import { carryOutAndClose } from '../library/session.ts'
import { checkEndpoint } from '../clients/endpoint.ts'
import { systemClock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import type { Benchmark, Provisioner } from '../model/provisioner.ts'
import { said } from '../model/said.ts'
import { chooseColours } from '../reporters/colour.ts'
import type { ProgressChoice } from '../reporters/console.ts'
import { chooseProgress, openConsole } from '../reporters/console.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { logSubscriber } from '../reporters/log-subscriber.ts'
import { openLogs } from '../reporters/logs.ts'
import type { ReportFiles } from '../reporters/report-files.ts'
import { reportFiles } from '../reporters/report-files.ts'
import { renderSummary } from '../reporters/summary.ts'
import type { CarriedOut, Equipment } from '../run/carry-out.ts'
import { createCleaner } from '../run/clean.ts'
import type { ClaimedDirectory } from '../run/directory.ts'
import { openJournal } from '../run/journal.ts'
import { createStop } from '../run/stop.ts'
import { againCommand, shownDirectory } from './again.ts'
import { closeBoth } from './closing.ts'
import { listenToFaults } from './faults.ts'
import { leaveAtOnce } from './leaving.ts'
import { pastOfRun } from './past-of-run.ts'
import { listenToSignals } from './signals.ts'

export interface SessionOptions {
  readonly claimed: ClaimedDirectory
  /** The run directory, absolute. */
  readonly directory: string
  readonly provisioner: Provisioner
  readonly benchmark: Benchmark
  readonly secrets: readonly string[]
  /** What was thrown outside of any step before the session listens. */
  readonly takeFaults: () => readonly string[]
  readonly plan: Pick<Plan, 'logLevel' | 'logFormat'>
  readonly progress: ProgressChoice
  /** Where the journal's last whole line ends. */
  readonly validBytes: number
  readonly notes?: readonly string[]
}

/** Carries out what `work` says with a run directory of one's own: logs, reports, console and signals; and closes all of it. */
export async function withSession(options: SessionOptions, work: (equipment: Equipment) => Promise<CarriedOut>, tellEnd: (end: SessionEnd, print: (line: string) => void) => void): Promise<number> {
  const { claimed, directory, provisioner, benchmark, plan } = options
  const clock = systemClock
  const clean = createCleaner(options.secrets)
  const problems: string[] = []
  const onProblem = (problem: string): void => void problems.push(clean.line(problem))
  const stdout = guardStream(process.stdout)
  const stderr = guardStream(process.stderr)
  const screen = await openConsole({
    output: stdout,
    mode: chooseProgress(options.progress, process.stdout, process.env),
    colours: chooseColours(process.stdout, process.env),
    format: plan.logFormat,
    clock,
  })
  const logs = openLogs({ directory, level: plan.logLevel, format: plan.logFormat, console: screen, clock, onProblem })
  const past = pastOfRun({ clock, onProblem, onNote: (note) => logs.run('warn', clean.line(note)) })
  const files = reportFiles({ directory, cwd: process.cwd(), clock, past: past.read, onProblem: (file, error) => onProblem(`${file} could not be written: ${said(error)}`) })
  const stop = createStop()
  let state: CarriedOut['state'] | undefined
  const reports: ReportFiles = {
    ...files,
    async flush() {
      await files.flush()
      if (state) await past.add(state)
    },
  }
  const onFault = (fault: string): void => {
    onProblem(fault)
    logs.run('error', clean.line(fault))
  }
  const stopListening = [
    listenToSignals({
      process,
      stop,
      onAgain: (signal) => logs.run('warn', `${signal} again: the run is being stopped already, wiping goes on`),
      onLeave: () => leaveAtOnce({ state, directory: shownDirectory(directory, process.cwd()), print: (line) => stderr.write(`${line}\n`), lock: claimed.lock }),
    }),
    listenToFaults(process, onFault),
  ]
  for (const fault of options.takeFaults()) onFault(fault)
  for (const note of options.notes ?? []) logs.run('warn', clean.line(note))
  const equipment: Equipment = {
    provisioner,
    benchmark,
    sink: await openJournal(claimed.journal, options.validBytes),
    logs,
    subscribers: [(_event, run) => void (state = run), logSubscriber(logs, { directory: shownDirectory(directory, process.cwd()) }), screen.watch, reports.listen],
    clock,
    random: Math.random,
    clean,
    look: (endpoint, how) => checkEndpoint(endpoint, { ...how, clock }),
    stop,
  }
  const end = await carryOutAndClose({ equipment, logs, reports, problems }, async () => {
    const carried = await work(equipment)
    await closeBoth(provisioner, benchmark, clock, onProblem)
    return carried
  })
  screen.close()
  for (const listening of stopListening) listening()
  await claimed.lock.release()
  tellEnd(end, (line) => stdout.write(`${line}\n`))
  return end.exitCode
}

/** Tells how a run ended: what failed, what is left, where the files are, and how to go on. */
export function tellRun(directory: string): (end: SessionEnd, print: (line: string) => void) => void {
  const shown = shownDirectory(directory, process.cwd())
  return ({ state, exitCode, problems }, print) => {
    const colours = chooseColours(process.stdout, process.env)
    for (const line of renderSummary(state, { directory: shown, exitCode, problems, rerun: againCommand(state.plan, shown), colours })) print(line)
  }
}
