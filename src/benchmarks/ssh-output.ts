import type { StepContext } from '../model/provisioner.ts'
import { longestText } from './tool-output.ts'

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
  const kept = { stdout: keepEnd(), stderr: keepEnd() }
  const last: string[] = []
  let count = 0

  return {
    add(line, from) {
      kept[from].add(line)
      count++
      if (count <= mostLogged) return log(line)
      last.push(line)
      if (last.length > lastLogged) last.shift()
    },
    end() {
      const unseen = count - mostLogged - last.length
      if (unseen > 0) log(`${name}: ${unseen} lines are not logged`)
      for (const line of last) log(line)
      for (const from of ['stdout', 'stderr'] as const) if (kept[from].isCut()) log(`${name} printed more than ${longestText / 1024 / 1024} MiB to ${from}: only the end of it is read`, 'warn')
      return { stdout: kept.stdout.text(), stderr: kept.stderr.text() }
    },
  }
}

/** Keeps the last lines of a stream, as many as are read: those in `older` are let go together, once there are enough in `newer`. */
function keepEnd(): { readonly add: (line: string) => void; readonly text: () => string; readonly isCut: () => boolean } {
  let older: string[] = []
  let newer: string[] = []
  let newerSize = 0
  let size = 0
  return {
    add(line) {
      if (newerSize >= longestText) {
        older = newer
        newer = []
        newerSize = 0
      }
      newer.push(line)
      newerSize += line.length + 1
      size += line.length + 1
    },
    text() {
      const whole = [...older, ...newer].map((line) => `${line}\n`).join('')
      return size > longestText ? whole.slice(whole.indexOf('\n', whole.length - longestText - 1) + 1) : whole
    },
    isCut: () => size > longestText,
  }
}
