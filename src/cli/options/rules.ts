import { answerWithin } from './answer.ts'
import type { OptionsByName } from './option.ts'
import { chosen, groups, text } from './option.ts'
import { runOptions } from './run.ts'

const { answer } = groups
const rules = 'Rules and servers:'

/** The options of `rackbench thresholds`: what says which rules and which servers are meant. */
export const thresholdsOptions: OptionsByName = {
  format: text(answer, 'table or json', { defaultDescription: 'table' }),
  on: text(rules, 'results.json of a past run, or its run directory; for try several, one behind the other or each with --on'),
  label: text(rules, 'for explain: a label of the servers, model=R640; may be given several times'),
  threshold: runOptions['threshold']!,
  ...answerWithin,
  history: text(rules, "folder of past runs, for rules about a server's own history"),
  ...chosen(runOptions, ['provisioner', 'simulation', 'config']),
}

/** The options of `rackbench baseline`. */
export const baselineOptions: OptionsByName = {
  margin: text(rules, 'how far from the median passes: 5%', { defaultDescription: '5%' }),
  by: text(rules, 'labels by which servers are alike: model, or model,rack', { defaultDescription: 'model, if any server has one' }),
  format: text(answer, 'yaml: with comments that say what each rule was made from; json', { defaultDescription: 'yaml' }),
}
