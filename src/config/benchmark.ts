import { resolve } from 'node:path'
import { benchmarkTypes } from '../model/choices.ts'
import type { Plan } from '../model/plan.ts'
import { inDirectory } from './in-directory.ts'
import type { Settings } from './kind.ts'
import { isRecord } from './kind.ts'
import { suggestion } from './nearest.ts'
import type { Tell } from './wording.ts'
import { refusal } from './wording.ts'

export type NamedBenchmark = NonNullable<Plan['benchmark']>

/** The benchmark that a file names, with absolute paths. What its settings are worth only its adapter can tell. */
export function readBenchmark(given: unknown, { label, folder }: { readonly label: string; readonly folder: string }, tell: Tell): NamedBenchmark | undefined {
  if (given === undefined) return undefined
  const example = 'such as { type: ssh, commands: [...] }'
  if (!isRecord(given)) {
    tell(refusal(`${label}: benchmark`, `an object with a type, ${example}`, given))
    return undefined
  }
  const { type: named, ...settings } = given
  const type = benchmarkTypes.find((known) => known === named)
  if (type) return { type, settings: absolute[type](settings, folder) }
  if (named === undefined) tell(`${label}: benchmark: has no type: expected ${benchmarkTypes.join(' | ')}, ${example}`)
  else tell(`${refusal(`${label}: benchmark.type`, benchmarkTypes.join(' | '), named)}${typeof named === 'string' ? suggestion(named, benchmarkTypes) : ''}`)
  return undefined
}

/** Paths begin at the folder of the file that names them, also for a run that is resumed from elsewhere. */
const absolute: Readonly<Record<NamedBenchmark['type'], (settings: Settings, folder: string) => Settings>> = {
  command: inDirectory,
  ssh: withKey,
}

/** A key in the home folder is found there, and what `${NAME}` is is not known yet. */
function withKey(settings: Settings, folder: string): Settings {
  const { identityFile } = settings
  return typeof identityFile === 'string' && /^(?!~\/|\$\{)./.test(identityFile) ? { ...settings, identityFile: resolve(folder, identityFile) } : settings
}
