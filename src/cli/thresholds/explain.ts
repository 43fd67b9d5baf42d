import { configure } from '../../config/configure.ts'
import { oneLine, refusal } from '../../config/wording.ts'
import { exitCodes } from '../../model/exit-code.ts'
import { explain as explainServer } from '../../model/explanation.ts'
import { pastOfServer } from '../../model/own-past.ts'
import { guardStream } from '../../reporters/console-stream.ts'
import { askPast } from '../ask-past.ts'
import { askingOf } from '../asking.ts'
import type { Arguments } from '../command-line.ts'
import { invocationOf } from '../invocation.ts'
import { formats } from '../options/answer.ts'
import { explanationLines } from './explanation-lines.ts'
import type { Known } from './known-servers.ts'
import { knownInRun, knownToProvisioner } from './known-servers.ts'

/** `rackbench thresholds explain ID...` Touches no server. */
export async function explain(args: Arguments): Promise<number> {
  const { format, limitMs } = askingOf(args.flags, formats.thresholds)
  const { format: _format, 'answer-within': _limit, ...flags } = args.flags
  const problems: string[] = []
  const given = readLabels(args.lists['label'] ?? [], (problem) => problems.push(oneLine(problem)))
  const [on, ...others] = args.lists['on'] ?? []
  if (others.length > 0) problems.push(`thresholds explain: --on takes one run, not ${others.length + 1}`)
  if (args.words.length === 0 && on === undefined) problems.push('thresholds explain: which servers? `rackbench thresholds explain 104 --label model=R640`, say')
  const { plan } = await configure({ ...invocationOf({ ...args, flags, problems }), mayLackServers: true })
  const ids = args.words.length === 0 ? [] : plan.servers.map(({ id }) => id)

  const { servers, notes: noted, run } = await knownOf()
  const notes = [...noted]
  const { history, thresholds, os } = plan
  const past = history === undefined ? undefined : await askPast({ history, thresholds, os, servers, ...run }, (note) => void notes.push(note))
  const explanations = servers.map(({ suspects = [], ...server }) => ({ ...explainServer(thresholds, { ...server, labels: { ...server.labels, ...given }, pastOf: pastOfServer(past, server.id) }), suspects }))
  const stderr = guardStream(process.stderr)
  for (const note of notes) stderr.write(`rackbench: ${oneLine(note)}\n`)
  const stdout = guardStream(process.stdout)
  if (format === 'json') stdout.write(`${JSON.stringify(explanations, undefined, 2)}\n`)
  else for (const explanation of explanations) for (const line of explanationLines(explanation, plan)) stdout.write(`${oneLine(line)}\n`)
  return exitCodes.passed

  async function knownOf(): Promise<Known> {
    if (on !== undefined) return knownInRun(on, ids)
    // Whoever gives labels need not ask anybody for them.
    return Object.keys(given).length > 0 ? { servers: ids.map((id) => ({ id, labels: {} })), notes: [] } : knownToProvisioner(plan, ids, limitMs)
  }
}

function readLabels(words: readonly string[], tell: (problem: string) => void): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.flatMap((word) => {
      const [, label, value] = /^([^=]+)=(.*)$/s.exec(word) ?? []
      if (label !== undefined && value !== undefined) return [[label, value]]
      tell(refusal('--label', 'a label and its value, like model=R640', word))
      return []
    }),
  )
}
