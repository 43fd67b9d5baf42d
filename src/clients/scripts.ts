import { resolve } from 'node:path'
import type { Clock } from '../model/clock.ts'
import { DefectError } from '../model/fault.ts'
import { runChild } from './child.ts'
import { pause } from './pause.ts'
import { whyNotRunnable } from './program.ts'
import { meaningOf } from './script-end.ts'
import type { ScriptSettings } from './script-settings.ts'
import type { Occasion } from './script-words.ts'
import { environmentOf, fillIn, wordsOf } from './script-words.ts'

export interface ScriptWorld {
  readonly clock: Clock
  /** What scripts inherit. */
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Where relative paths begin if the settings do not say. */
  readonly directory: string
  /** How long a script that somebody has ended is not judged, in milliseconds. */
  readonly doubtMs?: number
}

/** A program and its arguments, in which words are put in. */
type Argv = readonly string[]

/** Programs of the user's, which run on this machine; their exit codes say whose fault it was. */
export interface Scripts {
  /**
   * Calls a script, and answers with the last line that it printed.
   *
   * @throws the error that its exit code stands for; the signal's reason where it was ended for that.
   */
  readonly call: (argv: Argv, occasion: Occasion) => Promise<string>
  /** @throws DefectError that names each program that cannot be run here. */
  readonly check: (programs: readonly Argv[]) => Promise<void>
}

/** A Jenkins that aborts ends children first, up to 6 s before rackbench. */
const usualDoubtMs = 8000
/** A call whose context does not say how long it may take to settle. */
const usualGraceMs = 10_000

/** Programs that share a directory, an environment and the meaning of their exit codes. */
export function scripts(settings: ScriptSettings, { clock, env, directory: base, doubtMs = usualDoubtMs }: ScriptWorld): Scripts {
  const { exitCodes } = settings
  const directory = resolve(base, settings.directory ?? '.')
  // A copy: each reading of the environment of the process asks the system.
  const around = [{ ...env }, settings.env ?? {}]

  async function call([program = '', ...args]: Argv, occasion: Occasion): Promise<string> {
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
      // An abort cuts it short.
      await pause(doubtMs, signal, clock).catch(() => {})
    }
    throw meaning.error
  }

  /** Names without a slash are looked for in PATH by the system. */
  function pathOf(program: string): string {
    return program.includes('/') ? resolve(directory, program) : program
  }

  async function check(programs: readonly Argv[]): Promise<void> {
    const path = { ...env, ...settings.env }['PATH']
    const problems = [...new Set(programs.flatMap((argv) => argv.slice(0, 1)))].map(async (program) => {
      const why = await whyNotRunnable(program, { directory, path })
      return why === undefined ? [] : [`cannot run ${program}: ${why}`]
    })
    const found = (await Promise.all(problems)).flat()
    if (found.length > 0) throw new DefectError(`${found.join('; ')} (looked for in ${directory})`)
  }

  return { call, check }
}

/** A script is killed a moment before its step would be left behind: nothing may still work on a machine that is wiped next. */
function killAfter(graceMs: number): number {
  return graceMs - Math.min(500, graceMs / 4)
}
