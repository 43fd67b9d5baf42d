import type { StepContext } from '../model/provisioner.ts'

/** How much of what a command prints is kept to be read, for each of its streams, in characters. */
const mostKept = 8 * 1024 * 1024
/** How many of its lines are logged as they come; of those beyond, the last are logged at its end. */
const mostLogged = 5000
const lastLogged = 50

/** What a command prints, kept to be read and told to the log, both within bounds. */
export interface KeptOutput {
  readonly add: (line: string, from: 'stdout' | 'stderr') => void
  /** Tells what was not told yet; answers with what was kept. */
  readonly end: () => { readonly stdout: string; readonly stderr: string }
}

export function keepOutput(name: string, log: StepContext['log']): KeptOutput {
  const kept = { stdout: { lines: [] as string[], size: 0, isCut: false }, stderr: { lines: [] as string[], size: 0, isCut: false } }
  const last: string[] = []
  let count = 0

  return {
    add(line, from) {
      const stream = kept[from]
      stream.isCut ||= stream.size + line.length + 1 > mostKept
      if (!stream.isCut) {
        stream.lines.push(line)
        stream.size += line.length + 1
      }
      count++
      if (count <= mostLogged) return log(line)
      last.push(line)
      if (last.length > lastLogged) last.shift()
    },
    end() {
      const unseen = count - mostLogged - last.length
      if (unseen > 0) log(`${name}: ${unseen} lines are not logged`)
      for (const line of last) log(line)
      for (const from of ['stdout', 'stderr'] as const) if (kept[from].isCut) log(`${name} printed more than ${mostKept / 1024 / 1024} MiB to ${from}: what came after is not read`, 'warn')
      return { stdout: textOf(kept.stdout.lines), stderr: textOf(kept.stderr.lines) }
    },
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
