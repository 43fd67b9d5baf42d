import { resolve } from 'node:path'
import { runChild } from '../clients/child.ts'
import { whyNotRunnable } from '../clients/program.ts'
import type { Clock } from '../model/clock.ts'
import { DefectError } from '../model/fault.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { meaningOf } from './command-end.ts'
import { readScore } from './command-score.ts'
import { readCommandSettings } from './command-settings.ts'
import type { Occasion } from './command-words.ts'
import { environmentOf, fillIn, wordsOf } from './command-words.ts'

export interface CommandWorld {
  readonly clock: Clock
  /** What scripts inherit. */
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Where relative paths begin if the settings do not say. */
  readonly directory: string
  /** How long a script that somebody has ended is not judged, in milliseconds. */
  readonly doubtMs?: number
}

/** A Jenkins that aborts ends children first, up to 6 s before rackbench. */
const usualDoubtMs = 8000
/** A call whose context does not say how long it may take to settle. */
const usualGraceMs = 10_000

/**
 * A provisioner made of scripts: a program for each verb, whose exit code says how it went.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export function command(given: unknown, { clock, env, directory: base, doubtMs = usualDoubtMs }: CommandWorld): Provisioner {
  const settings = readCommandSettings(given)
  const { install, benchmark, destroy, markAsBroken, exitCodes } = settings
  const directory = resolve(base, settings.directory ?? '.')
  // A copy: each reading of the environment of the process asks the system.
  const around = [{ ...env }, settings.env ?? {}]

  /** Calls a script, and answers with the last line that it printed. */
  async function call([program = '', ...args]: readonly string[], occasion: Occasion): Promise<string> {
    const { signal, log, graceMs = usualGraceMs, holdStarts } = occasion.context
    signal.throwIfAborted()
    const words = wordsOf(occasion)
    const last = { stdout: '', stderr: '' }
    const { end, leftBehind } = await runChild(
      { file: pathOf(program), args: args.map((argument) => fillIn(argument, words)), directory, env: environmentOf(occasion, words, around) },
      {
        signal,
        killAfterMs: killAfter(graceMs),
        clock,
        onLine(line, from) {
          log(line)
          if (line.trim() !== '') last[from] = line
        },
      },
    )
    const meaning = meaningOf(end, { program, lastError: last.stderr.trim(), exitCodes })
    // Its signal was ours. That the provisioner was away is still worth telling: then it was not the server that took so long.
    if (signal.aborted) throw meaning.is === 'away' ? meaning.error : signal.reason
    if (leftBehind) log(`${program} left processes behind, which were ended`, 'warn')
    if (meaning.is === 'passed') return last.stdout
    if (meaning.is === 'in doubt') {
      log(`${meaning.error.message}: it is not judged, a stop of the run may follow`, 'warn')
      holdStarts?.()
      await pause(doubtMs, signal, clock)
    }
    throw meaning.error
  }

  /** Names without a slash are looked for in PATH by the system. */
  function pathOf(program: string): string {
    return program.includes('/') ? resolve(directory, program) : program
  }

  return {
    name: 'command',
    async install(server, os, context) {
      await call(install, { server, context, os })
      return { facts: { os } }
    },
    ...(benchmark && {
      async benchmark(server, context) {
        return readScore(await call(benchmark, { server, context }), benchmark[0] ?? '')
      },
    }),
    async destroy(server, context) {
      await call(destroy, { server, context })
    },
    async markAsBroken(server, reason, context) {
      await call(markAsBroken, { server, context, reason })
    },
    async check() {
      const path = { ...env, ...settings.env }['PATH']
      const programs = new Set([install, benchmark, destroy, markAsBroken].flatMap((argv) => argv?.slice(0, 1) ?? []))
      const problems = [...programs].map(async (program) => {
        const why = await whyNotRunnable(program, { directory, path })
        return why === undefined ? [] : [`cannot run ${program}: ${why}`]
      })
      const found = (await Promise.all(problems)).flat()
      if (found.length > 0) throw new DefectError(`${found.join('; ')} (looked for in ${directory})`)
    },
  }
}

/** A script is killed a moment before its step would be left behind: nothing may still work on a machine that is wiped next. */
function killAfter(graceMs: number): number {
  return graceMs - Math.min(500, graceMs / 4)
}

/** Waits; an abort cuts it short. */
function pause(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resume) => {
    const cancel = clock.after(ms, over)
    function over(): void {
      cancel()
      signal.removeEventListener('abort', over)
      resume()
    }
    signal.addEventListener('abort', over)
    if (signal.aborted) over()
  })
}
