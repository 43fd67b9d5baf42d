import { resolve } from 'node:path'
import { systemClock } from '../model/clock.ts'
import { exitCodes } from '../model/exit-code.ts'
import type { ReportName } from '../reporters/report-render.ts'
import { reportNames } from '../reporters/report-render.ts'
import { writeReports } from '../reporters/report-files.ts'
import { claimEarlier } from '../run/directory.ts'
import { shownDirectory } from './again.ts'
import type { Arguments } from './command-line.ts'
import { presentation, releasedOnError } from './earlier.ts'

/** `rackbench report DIR` */
export async function report({ flags, words }: Arguments): Promise<number> {
  const directory = resolve(words[0]!)
  const { fold, lock } = await claimEarlier(directory, { force: presentation(flags).force, now: systemClock.now() })
  return releasedOnError(lock, async () => {
    const failed = new Map<ReportName, string>()
    await writeReports(fold.state, { directory, cwd: process.cwd(), onProblem: (file, error) => void failed.set(file, error instanceof Error ? error.message : 'for an unknown reason') })
    await lock.release()
    const shown = shownDirectory(directory, process.cwd())
    for (const name of reportNames) {
      const error = failed.get(name)
      if (error === undefined) process.stdout.write(`${shown}/${name}\n`)
      else process.stderr.write(`rackbench: ${shown}/${name} could not be written: ${error}\n`)
    }
    return failed.size > 0 ? exitCodes.incomplete : exitCodes.passed
  })
}
