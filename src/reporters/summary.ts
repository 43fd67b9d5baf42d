import type { RunState } from '../model/run-state.ts'
import type { Colours } from './colour.ts'
import { noColours } from './colour.ts'
import { count, countsInWords, inWords } from './log-words.ts'
import { shellQuote } from '../model/shell-quote.ts'
import { sortOut } from './summary-servers.ts'
import { failedLines, leftLines, markLines, passedLines, skippedLines } from './summary-sections.ts'

interface SummaryOptions {
  /** The run directory, as people are to see it and as commands are to be given it. */
  readonly directory: string
  readonly exitCode: number
  /** What keeps the run from being complete and trusted. */
  readonly problems: readonly string[]
  /** The command that runs just the failed servers again. */
  readonly rerun: string
  readonly colours?: Colours | undefined
}

/** What a person needs to know when a run has ended, most urgent last: what failed and why, what to see to, where to look, what to type. */
export function renderSummary(run: RunState, { directory, exitCode, problems, rerun, colours = noColours }: SummaryOptions): readonly string[] {
  const servers = sortOut(run)
  const sections: readonly (readonly string[])[] = [
    [colours.bold(headline(run))],
    passedLines(servers),
    failedLines(servers, directory, colours),
    skippedLines(servers, run),
    markLines(servers, directory),
    leftLines(servers, directory),
    problems.length > 0 ? [colours.yellow('Not in order:'), ...problems.map((problem) => `  - ${problem}`)] : [],
    fileLines(directory),
    nextLines({ directory, rerun, failed: servers.failed.length, isIncomplete: servers.unjudged > 0 }),
    [`exit code ${exitCode}`],
  ]
  return sections.flatMap((lines) => (lines.length > 0 ? ['', ...lines] : []))
}

function headline({ run, totals, plan, startedAt, finishedAt }: RunState): string {
  const took = finishedAt === undefined ? '' : ` in ${inWords(Date.parse(finishedAt) - Date.parse(startedAt))}`
  return `rackbench run ${run}: ${countsInWords(totals)} of ${count(plan.servers.length, 'server')}${took}`
}

function fileLines(directory: string): string[] {
  const files = ['junit.xml', 'results.json', 'failed-servers.txt', 'run.log', 'logs/'].map((name) => `${directory.replace(/\/+$/, '')}/${name}`)
  return [`Reports: ${files.slice(0, 3).join('  ')}`, `Logs:    ${files.slice(3).join('  ')}`]
}

function nextLines({ directory, rerun, failed, isIncomplete }: { readonly directory: string; readonly rerun: string; readonly failed: number; readonly isIncomplete: boolean }): string[] {
  return [
    ...(isIncomplete ? ['Go on where it ended:', `  ${shellQuote(['rackbench', 'resume', directory])}`] : []),
    ...(failed > 0 ? ['Run the failed servers again:', `  ${rerun}`] : []),
  ]
}
