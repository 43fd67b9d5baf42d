import type { OptionsByName } from './option.ts'
import { groups, text } from './option.ts'
import { runOptions } from './run.ts'

const { answer, choosing } = groups
const past = 'Past:'

/** The options of `rackbench history`. */
export const historyOptions: OptionsByName = {
  history: text(past, 'the folder of past runs; without it, RACKBENCH_HISTORY or the configuration says which'),
  since: text(past, 'only runs that started then or later: 90d ago, or 2026-11-01'),
  last: text(past, 'so many of the last runs', { defaultDescription: 'table: 30; json, csv: all' }),
  where: text(past, 'only servers that met it in the run: model=R640, rack~^A; of several, all must hold'),
  metric: text(past, 'only this metric; may be given several times'),
  format: text(answer, 'table, json, or csv', { defaultDescription: 'table' }),
  config: runOptions['config']!,
}

/** The options of `rackbench compare`. */
export const compareOptions: OptionsByName = {
  history: text(past, 'the folder of past runs that last, last~7, days and IDs are about; without it, RACKBENCH_HISTORY or the configuration says which'),
  where: text(choosing, 'only servers that meet it: model=R640, model!=R6*, rack~^A, rack!~^A; of several, all must hold'),
  by: text(choosing, 'labels by which servers are alike: model, or model,rack', { defaultDescription: 'model, if any server has one' }),
  metric: text(choosing, 'only this metric; may be given several times'),
  better: text(choosing, 'which direction of a metric is the good one, where the runs do not say: latency=lower; may be given several times'),
  'fail-over': text(answer, 'exit 1 if the median of any group is worse by more than this: 5%'),
  format: text(answer, 'table, json, or csv', { defaultDescription: 'table' }),
  config: runOptions['config']!,
}
