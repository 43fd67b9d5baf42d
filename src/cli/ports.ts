import { rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { portsSettings } from '../config/ports.ts'
import { systemClock } from '../model/clock.ts'
import { inOneLine } from '../model/escape.ts'
import { exitCodes } from '../model/exit-code.ts'
import { said } from '../model/said.ts'
import { guardStream } from '../reporters/console-stream.ts'
import { portsDocument } from '../reporters/ports-json.ts'
import type { PortsContext } from '../reporters/ports-words.ts'
import type { Arguments } from './command-line.ts'
import { carryOutRounds } from './ports/carry-out-rounds.ts'
import { openFiles } from './ports/ports-files.ts'
import { openScreen } from './ports/ports-screen.ts'
import { listenForStop } from './ports/ports-signals.ts'
import { whatToWatch } from './ports/what-to-watch.ts'
import { writeLines } from './write-lines.ts'

const dayMs = 86_400_000

/** `rackbench ports`: looks at endpoints in rounds, and tells which of them go up and down. */
export async function ports(args: Arguments): Promise<number> {
  const clock = systemClock
  const now = (): string => new Date(clock.now()).toISOString()
  const startedAt = now()
  const { stdout, stderr, env } = process
  // Names of a silent name service are asked for in threads that nothing ends: the process would outlive its rounds by the 10 s of the system.
  env['RES_OPTIONS'] ??= 'timeout:1 attempts:2'
  const settings = await portsSettings({ ...args, cwd: process.cwd(), readStdin: () => text(process.stdin) }).catch(async (error: unknown) => {
    await forgetReport(args.flags)
    throw error
  })
  const { history, everyMs, format } = settings
  const errors = guardStream(stderr)
  let say = (line: string): void => errors.write(`rackbench: ${line}\n`)
  // Before anything else can fail: the report of an earlier time must not be taken for one of this.
  const files = await openFiles({ state: settings.state, junit: settings.junit, say: (line) => say(line) })
  const watched = await whatToWatch(args, settings, say)
  if (watched.is === 'nothing') return watched.exitCode

  const stop = listenForStop(process, stdout)
  const context: PortsContext = { history, warnDays: Math.floor(settings.tlsWarnMs / dayMs), serversAt: watched.serversAt }
  const screen = await openScreen({ stdout, stderr, env, clock, format, everyMs, count: settings.count, endpoints: watched.endpoints.length, context })
  say = screen.say
  const end = await carryOutRounds({ settings, watched, screen, files, context, clock, stop })
  screen.close(end.last)
  if (format === 'json') {
    const document = portsDocument({ startedAt, finishedAt: now(), exitCode: end.exitCode, rounds: end.last?.number ?? 0, isCutOff: end.last?.cutOff !== undefined, states: end.states }, context)
    try {
      await writeLines([JSON.stringify(document, null, 2)], stdout)
    } catch (error) {
      say(`the document could not be written: ${inOneLine(said(error))}`)
      if (stop.by() === undefined) return exitCodes.incomplete
    }
  }
  stop.stopListening()
  return end.exitCode
}

/** What is published by a pipeline must not be the report of an earlier time, also if the command was mistyped this time. */
async function forgetReport({ junit, state }: Arguments['flags']): Promise<void> {
  if (typeof junit === 'string' && junit !== '' && junit !== state) await rm(junit, { force: true }).catch(() => {})
}
