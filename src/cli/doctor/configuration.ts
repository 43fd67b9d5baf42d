import type { Configured } from '../../config/configure.ts'
import { counted } from '../../config/wording.ts'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

/** What came of flags, environment and file. */
export type Settled = { readonly is: 'settled'; readonly configured: Configured } | { readonly is: 'refused'; readonly problems: readonly string[] }

/** Tells every problem of a configuration, and what the user may not have meant. */
export function checkConfiguration(settled: Settled): Finding[] {
  const { ok, warn, fail } = about('configuration')
  if (settled.is === 'refused') return settled.problems.map((problem) => fail(problem, 'correct it: `rackbench run --help` and docs/configuration.md tell what may stand there'))
  const { plan: { servers, concurrency, os, thresholds }, notes } = settled.configured
  const named = servers.length === 0 ? 'no servers named' : counted(servers.length, 'server')
  return [
    ok(`${named}, ${concurrency} at a time, ${os}, ${counted(thresholds.length, 'threshold')}`),
    ...notes.map((note) => warn(note, 'nothing, if that is what you mean; otherwise say so by flags or in the configuration')),
  ]
}
