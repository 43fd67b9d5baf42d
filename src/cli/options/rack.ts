import { answerWithin } from './answer.ts'
import type { OptionsByName } from './option.ts'
import { chosen, flag, groups, text } from './option.ts'
import { runOptions } from './run.ts'

const { answer, machine, output } = groups

/** The options of `rackbench servers`: what says which provisioner is meant. */
export const serversOptions: OptionsByName = {
  format: text(answer, 'table, json, ndjson (one JSON object a line), or ids (one a line, fit for `run -`)', { defaultDescription: 'table' }),
  ...answerWithin,
  ...chosen(runOptions, ['provisioner', 'simulation', 'config']),
}

/** The options of `rackbench mark-fixed`: which servers, which provisioner, and how patient. */
export const markFixedOptions: OptionsByName = {
  'failed-in': runOptions['failed-in']!,
  wipe: flag(machine, 'wipe each server before its mark is cleared'),
  'as-is': flag(machine, 'clear the mark also of a server that is not clean'),
  ...chosen(runOptions, ['provisioner', 'simulation', 'concurrency', 'retries', 'max-outage', 'timeout-destroy', 'timeout-mark', 'grace', 'log-level', 'config']),
}

const rack = 'Rack:'
const network = 'Network:'

/** The options of `rackbench simulator`. */
export const simulatorOptions: OptionsByName = {
  simulation: text(rack, 'YAML file that says how the rack behaves, and what goes wrong with requests'),
  state: text(rack, 'file that remembers the rack when the process ends'),
  port: text(network, 'port to listen on; 0 takes any that is free'),
  host: text(network, 'address to listen on', { defaultDescription: '127.0.0.1' }),
  token: text(network, 'what whoever asks must have as RACKBENCH_TOKEN'),
  verbose: flag(output, 'print a line for each request'),
}
