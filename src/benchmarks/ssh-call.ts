import type { ChildEnd, ChildInput } from '../clients/child.ts'
import { runChild } from '../clients/child.ts'
import type { Clock } from '../model/clock.ts'

/** The ssh of this machine, and what it is started with. */
export interface SshProgram {
  readonly clock: Clock
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Where it is started. */
  readonly directory: string
}

/** How a call of ssh ended, and the last of what it said. */
export interface SshAnswer {
  readonly end: ChildEnd
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** It took longer than it may, and was ended. */
  readonly tooLong: boolean
}

interface SshCall {
  /** Aborting it ends ssh at once. */
  readonly signal: AbortSignal
  readonly limitMs: number
  readonly onInput?: (input: ChildInput) => void
}

const mostLines = 1000
const longestLine = 1000
const killAfterMs = 500

/** Calls ssh for an answer of few lines. Never rejects. */
export async function callSsh(args: readonly string[], { clock, env, directory }: SshProgram, { signal, limitMs, onInput }: SshCall): Promise<SshAnswer> {
  const said = { stdout: [] as string[], stderr: [] as string[] }
  const limit = new AbortController()
  const cancel = clock.after(limitMs, () => limit.abort())
  const { end } = await runChild(
    { file: 'ssh', args, directory, env: quiet(env) },
    {
      signal: AbortSignal.any([signal, limit.signal]),
      killAfterMs,
      clock,
      ...(onInput && { onInput }),
      onLine(line, from) {
        const lines = said[from]
        lines.push(line.slice(0, longestLine))
        if (lines.length > mostLines) lines.shift()
      },
    },
  )
  cancel()
  return { end, ...said, tooLong: limit.signal.aborted }
}

/** An environment in which ssh asks nobody: neither a terminal, which it has not, nor a window. */
export function quiet(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  return { ...env, SSH_ASKPASS_REQUIRE: 'never' }
}
