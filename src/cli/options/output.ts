import { defaults } from '../../config/defaults.ts'
import type { OptionsByName } from './option.ts'
import { flag, groups, text } from './option.ts'

const { output } = groups

/** What every command takes that writes to a run directory. */
export const force = { force: flag(output, 'take over the lock of another host, if the process there is gone') }

/** What every command takes that carries out steps. */
export const progress = { progress: text(output, 'auto: a live view at a terminal; plain: lines; none: problems and the summary only', { defaultDescription: defaults.progress }) }

/** What a run leaves behind, and how it is shown. */
export const written: OptionsByName = {
  out: text(output, 'the run directory'),
  history: text(output, 'folder of past runs, to which this one is added when it has ended'),
  replace: flag(output, 'give up a run there that has died; its journal goes to previous/'),
  ...force,
  config: text(output, 'configuration file'),
  suite: text(output, 'name of the test suite in junit.xml'),
  attach: text(output, 'whose logs Jenkins attaches: failed, all or none'),
  'log-level': text(output, 'error, warn, info or debug'),
  'log-format': text(output, 'text or json'),
  ...progress,
  'dry-run': flag(output, 'print the plan and touch nothing'),
}
