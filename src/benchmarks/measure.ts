import { MeasurementError, ServerOperationError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'
import type { StepContext } from '../model/provisioner.ts'
import { shellQuote } from '../model/shell-quote.ts'
import type { MeasuredCommand } from './measured-command.ts'
import type { Remote, RemoteOutput } from './remote.ts'
import { summarise } from './spread.ts'

/**
 * Runs commands one after the other on a server, each as often as it says, and puts together what they measured.
 *
 * @throws MeasurementError if a program is absent there, a disk is full, or there is nothing to read; ServerOperationError if a
 * command failed as it does only on a broken machine; and what `remote` and the parsers throw.
 */
export async function measure(commands: readonly MeasuredCommand[], remote: Remote, context: StepContext): Promise<Metrics> {
  await expectPrograms(commands, remote, context)
  const all = new Map<string, number>()
  for (const command of commands) {
    for (const [name, value] of Object.entries(await measureOne(command, remote, context))) {
      if (all.has(name)) throw new MeasurementError(`${command.name} gives the metric ${name}, which another command has given`)
      all.set(name, value)
    }
  }
  return Object.fromEntries(all)
}

async function expectPrograms(commands: readonly MeasuredCommand[], remote: Remote, context: StepContext): Promise<void> {
  const programs = [...new Set(commands.flatMap(({ requires }) => requires))]
  if (programs.length === 0) return
  const script = `for name in ${shellQuote(programs)}; do command -v "$name" >/dev/null 2>&1 || printf 'not there: %s\\n' "$name"; done`
  const { stdout } = await remote.run({ name: 'the search for programs', script, repeatable: true, silenceMs: 60_000 }, context)
  const absent = programs.filter((name) => stdout.includes(`not there: ${name}\n`))
  if (absent.length > 0) throw new MeasurementError(`not installed on the server: ${absent.join(', ')}`)
}

async function measureOne(command: MeasuredCommand, remote: Remote, context: StepContext): Promise<Metrics> {
  const { name, repeat, maxSpread, parse } = command
  const runs: Metrics[] = []
  for (let run = 1; run <= repeat; run++) {
    context.log(repeat === 1 ? `${name} begins` : `${name} begins, ${run} of ${repeat}`)
    const output = await remote.run(command, context)
    const fault = faultOf(name, output)
    if (fault) throw fault
    runs.push(parse(output))
  }
  const { metrics, told } = summarise(runs, { name, ...(maxSpread !== undefined && { maxSpread }) })
  for (const line of told) context.log(`${name}: ${line}`, 'warn')
  return metrics
}

const notExecutable = 126
const notFound = 127
/** Somebody has ended it there, or the kernel for want of memory. */
const endedBySomebody: Readonly<Record<number, string>> = { 129: 'SIGHUP', 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' }
/** What well-known tools do only on a machine that computes wrongly, or has lost what it reads. */
const crashes: Readonly<Record<number, string>> = { 132: 'SIGILL', 135: 'SIGBUS', 139: 'SIGSEGV' }
const noRoom = /no space left on device|disk quota exceeded|file too large|file size limit exceeded|\bENOSPC\b/i
const brokenDisk = /input\/output error|remote i\/o error|structure needs cleaning|\bEIO\b/i
const longestQuote = 500
const longestTail = 16_384

/** Says whose fault it was that a command ended as it did, where that does not depend on what the command is: its parser knows the rest. */
function faultOf(name: string, { exitCode, stdout, stderr }: RemoteOutput): Error | undefined {
  if (exitCode === 0) return undefined
  const [errors = [], lines = []] = [stderr, stdout].map((text) => text.slice(-longestTail).split('\n').map((line) => line.trim().slice(0, longestQuote)).filter((line) => line !== ''))
  const said = errors.at(-1) ?? lines.at(-1)
  const told = `${name}: exit code ${exitCode}${said === undefined ? '' : `: ${said}`}`
  const find = (pattern: RegExp): string | undefined => [...errors, ...lines].find((line) => pattern.test(line))
  const full = find(noRoom)
  if (full !== undefined) return new MeasurementError(`no room on the server's disk: ${full} (${name}: exit code ${exitCode})`)
  if (exitCode === notExecutable || exitCode === notFound) return new MeasurementError(`a program is not there, or cannot be run: ${told}`)
  const somebody = endedBySomebody[exitCode]
  if (somebody !== undefined) return new MeasurementError(`ended on the server by ${somebody}, perhaps for want of memory: ${told}`)
  const crash = crashes[exitCode]
  if (crash !== undefined) return new ServerOperationError(`crashed by ${crash}: ${told}`)
  const broken = find(brokenDisk)
  return broken === undefined ? undefined : new ServerOperationError(`${broken} (${name}: exit code ${exitCode})`)
}
