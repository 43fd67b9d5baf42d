import { configure } from '../config/configure.ts'
import { counted, someOf } from '../config/wording.ts'
import { systemClock } from '../model/clock.ts'
import { exitCodes } from '../model/exit-code.ts'
import { UsageError } from '../model/problem.ts'
import type { LogLevel } from '../model/provisioner.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { createCleaner } from '../run/clean.ts'
import { askingOf } from './asking.ts'
import { closeProvisioner } from './closing.ts'
import type { Arguments } from './command-line.ts'
import { invocationOf } from './invocation.ts'
import type { LeftOut, Listed } from './listing.ts'
import { listServers } from './listing.ts'
import { openWithSecrets } from './open.ts'
import { startPatience } from './patience.ts'
import { serverLines } from './server-lines.ts'
import { whoseFault } from './whose-fault.ts'
import { writeLines } from './write-lines.ts'
import { formats } from './options/answer.ts'

/** What an adapter says while it lists is bounded: it may have something to say of each server. */
const mostSaid = 20

/** `rackbench servers`: what the provisioner has. Touches no server. */
export async function servers(args: Arguments): Promise<number> {
  const { format, limitMs } = askingOf(args.flags, formats.servers)
  const { plan, notes } = await configure({ ...invocationOf(args), mayLackServers: true, mayLackHistory: true })
  const { provisioner, name, secrets, takeFaults } = await openWithSecrets(plan, process.env, systemClock, limitMs)
  if (!provisioner.list) throw new UsageError([`the provisioner ${name} cannot list its servers`])
  const clean = createCleaner(secrets)
  const stderr = guardStream(process.stderr)
  const say = (text: string): void => stderr.write(`rackbench: ${clean.line(text)}\n`)
  const problems: string[] = []
  let said = 0
  const log = (message: string, level: LogLevel = 'info'): void => {
    if (level !== 'debug' && said++ < mostSaid) say(message)
  }
  for (const note of notes) say(note)

  let leftOut: LeftOut | undefined
  async function* listing(): AsyncGenerator<Listed> {
    leftOut = yield* listServers(provisioner, { patience: startPatience({ limitMs, clock: systemClock }), clean, log })
  }
  try {
    await writeLines(serverLines[format](listing()), process.stdout)
  } catch (error) {
    const { text, todo } = whoseFault(error)
    problems.push(`the servers of ${name} could not all be listed: ${text}: ${todo}`)
  }
  if (said > mostSaid) say(`and ${said - mostSaid} lines more of ${name}`)
  for (const oddity of leftOut ? odditiesOf(leftOut) : []) say(oddity)
  await closeProvisioner(provisioner, systemClock, (problem) => problems.push(problem))
  problems.push(...takeFaults())
  for (const problem of problems) say(problem)
  return problems.length > 0 ? exitCodes.incomplete : exitCodes.passed
}

function odditiesOf({ twice, unusable }: LeftOut): string[] {
  return [
    ...(twice.size > 0 ? [`${counted(twice.size, 'server')} listed more than once, and shown once: ${someOf([...twice])}`] : []),
    ...(unusable > 0 ? [`${counted(unusable, 'server')} left out, whose name is no server ID`] : []),
  ]
}
