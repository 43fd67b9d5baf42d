import { configure } from '../config/configure.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes, signalCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import { logLevels } from '../model/provisioner.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { createCleaner } from '../run/clean.ts'
import { eachServer } from '../run/each-server.ts'
import { createOutage } from '../run/outage.ts'
import { newRunId } from '../run/run-id.ts'
import { createStop } from '../run/stop.ts'
import { closeProvisioner } from './closing.ts'
import type { Arguments } from './command-line.ts'
import type { FixOptions, Way } from './fix.ts'
import { fix } from './fix.ts'
import { invocationOf } from './invocation.ts'
import { openWithSecrets } from './open.ts'
import { listenToSignals } from './signals.ts'

const interrupted = signalCodes.SIGINT

/** `rackbench mark-fixed IDS`: takes marks from servers that have been repaired. It judges nobody, and writes no files. */
export async function markFixed(args: Arguments): Promise<number> {
  const problems = problemsOf(args)
  const { plan, notes } = await configure({ ...invocationOf(args), problems, mayLackServers: problems.length > 0, mayLackHistory: true })
  const { provisioner, name, secrets, takeFaults } = await openWithSecrets(plan, process.env)
  if (!provisioner.clearMark) throw new UsageError([`the provisioner ${name} cannot clear marks: it has no clearMark(); clear them where they are kept`])
  const clean = createCleaner(secrets)
  const [stdout, stderr] = [guardStream(process.stdout), guardStream(process.stderr)]
  const tell = (text: string): void => stderr.write(`rackbench: ${clean.line(text)}\n`)
  for (const note of notes) tell(note)

  const stop = createStop()
  const stopListening = listenToSignals({ process, stop, onAgain: () => {}, onLeave: () => process.exit(interrupted) })
  const way = wayOf(args)
  const said = new Set(logLevels.slice(0, logLevels.indexOf(plan.logLevel) + 1))
  const say: FixOptions['say'] = (id, message, level) => {
    if (said.has(level)) tell(`${id}: ${message}`)
  }
  const options = { provisioner, way, plan, run: newRunId(systemClock.now()), clock: systemClock, stop, outage: createOutage(), say }
  let isDone = true
  const settle = async (server: (typeof plan.servers)[number]): Promise<void> => {
    const problem = await fix(server, options)
    if (problem === undefined) stdout.write(`${server.id}: ${way === 'wipe' ? 'wiped, and ' : ''}its mark is cleared\n`)
    else say(server.id, problem, 'error')
    isDone &&= problem === undefined
  }
  await eachServer(plan.servers, settle, plan)
  const faults: string[] = []
  await closeProvisioner(provisioner, systemClock, (problem) => faults.push(problem))
  stopListening()
  for (const fault of [...takeFaults(), ...faults]) tell(fault)
  if (stop.reason?.signal) return signalCodes[stop.reason.signal]
  return isDone && faults.length === 0 ? exitCodes.passed : exitCodes.incomplete
}

function problemsOf({ flags, words, problems }: Arguments): string[] {
  const isNamed = words.length > 0 || flags['failed-in'] !== undefined
  return [
    ...problems,
    ...(isNamed ? [] : ['mark-fixed: which servers? Name them (101-115, node-[01-20], @file, - for standard input): those of the configuration file are not meant']),
    ...(flags['wipe'] === true && flags['as-is'] === true ? ['--wipe and --as-is: choose one of them; what was wiped is clean'] : []),
  ]
}

function wayOf({ flags }: Arguments): Way {
  if (flags['wipe'] === true) return 'wipe'
  return flags['as-is'] === true ? 'as-is' : 'only if clean'
}
