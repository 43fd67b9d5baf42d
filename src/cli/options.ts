import type { Options } from 'yargs'
import { defaults, defaultsInWords } from '../config/defaults.ts'
import { portsFormats } from '../model/choices.ts'

const servers = 'Servers:'
const machine = 'Provisioner and steps:'
const verdict = 'Verdict, marks and brakes:'
const time = 'Time:'
const output = 'Output:'

/** A flag whose value is read by `config`, which says what is wrong with it: yargs only takes it as text. */
const text = (group: string, describe: string, more: Options = {}): Options => ({ type: 'string', requiresArg: true, group, describe, ...more })
const flag = (group: string, describe: string): Options => ({ type: 'boolean', group, describe })

const known: Readonly<Record<string, unknown>> = { ...defaults, ...defaultsInWords }

function withDefaults(options: Readonly<Record<string, Options>>): Readonly<Record<string, Options>> {
  const described = Object.entries(options).map(([name, option]) => [name, name in known ? { ...option, defaultDescription: String(known[name]) } : option] as const)
  return Object.fromEntries(described)
}

const force = { force: flag(output, 'take over the lock of another host, if the process there is gone') }
const progress = { progress: text(output, 'auto: a live view at a terminal; plain: lines; none: problems and the summary only', { defaultDescription: defaults.progress }) }

/** The options of `rackbench run`, in the order and the groups of its help. */
export const runOptions = withDefaults({
  inventory: flag(servers, 'the servers of the configured inventory, with their labels and addresses; of those named here, if any are'),
  where: text(servers, 'of the inventory, only servers that meet it: model=R640, rack~^A; may be given several times'),
  sample: text(servers, 'of the inventory, so many by chance: N or N%'),
  'sample-seed': text(servers, 'takes the same sample for the same text', { defaultDescription: 'by chance; with --shard BUILD_TAG' }),
  limit: text(servers, 'of the inventory, the first N of what is selected'),
  'allow-partial': flag(servers, 'it is well if some servers of the inventory could not be read'),
  'max-age': text(servers, 'take what was read of the inventory before if it is no older: 1h'),
  'stale-ok': flag(servers, 'take what was read of the inventory before, however old, if it is away, and say so'),
  shard: text(servers, 'only part k of n, by a stable hash of the ID: 2/4'),
  'failed-in': text(servers, 'only servers that did not pass in an earlier results.json'),

  provisioner: text(machine, 'simulated, http, command (scripts), ironic, or the path of a module of your own: ./mine.mjs', { alias: 'p' }),
  simulation: text(machine, 'YAML file that says how the simulated rack behaves'),
  'include-broken': flag(machine, 'ironic: take also servers that rackbench has marked as broken'),
  'take-installed': flag(machine, 'ironic: take also servers that are installed, and not by rackbench'),
  'gate-open': text(machine, 'begin only servers of which this port answers; may be given several times'),
  'gate-closed': text(machine, 'begin only servers of which this port is refused: 443, where one in production would answer; may be given several times'),
  os: text(machine, 'what to install'),
  order: text(machine, 'which servers are started first: given, as they stand; longest-first, by what they took in the past runs of --history'),
  concurrency: text(machine, 'servers at a time', { alias: 'c' }),
  destroy: text(machine, 'which servers are wiped: passing, always or never'),
  retries: text(machine, 'new tries after an error that may pass'),
  'max-outage': text(machine, 'how long the provisioner may be away'),

  threshold: text(verdict, 'the least score that passes'),
  unmatched: text(verdict, 'what becomes of a server that no threshold is about: fail or pass'),
  retest: text(verdict, 'how often a server that misses a threshold is measured once more'),
  'mark-broken': { type: 'boolean', group: verdict, describe: 'mark servers that failed by their own fault; --no-mark-broken leaves them unmarked' },
  'max-broken': text(verdict, 'how many servers one run may mark: N or N%'),
  'max-alike': text(verdict, 'servers in a row that fail at the same step and look like one cause; 0: off'),

  'timeout-install': text(time, 'limit of a step, all its tries together: 90s, 45m, 2h'),
  'timeout-benchmark': text(time, 'the same for the benchmark'),
  'timeout-destroy': text(time, 'the same for wiping'),
  'timeout-mark': text(time, 'the same for marking'),
  'timeout-gate': text(time, 'how long one look at a port of the gate may take'),
  grace: text(time, 'how long a step may take to settle once it is aborted'),
  deadline: text(time, 'when the run should be over, wiping included'),
  'wipe-reserve': text(time, 'how much of the deadline is kept for wiping'),

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
})

/** The options of `rackbench resume`: what may be given anew, and how it is shown. */
export const resumeOptions: Readonly<Record<string, Options>> = {
  deadline: text(time, 'when the run should be over, wiping included; counted from now'),
  'max-outage': text(machine, 'how long the provisioner may be away'),
  concurrency: text(machine, 'servers at a time', { alias: 'c' }),
  'max-broken': text(verdict, 'how many servers the run may mark, with those marked already: N or N%'),
  history: text(output, 'folder of past runs, to which this one is added; without it, that of the run'),
  ...force,
  ...progress,
}

export const destroyOptions: Readonly<Record<string, Options>> = {
  all: flag(servers, 'wipe also what the policy kept for diagnosis, and try failed wipes again; not servers whose mark is missing'),
  'if-unfinished': flag(servers, 'do nothing, and succeed, if there is no run, or it has ended with every wipe that was due; for pipelines'),
  ...force,
  ...progress,
}

export const reportOptions: Readonly<Record<string, Options>> = {
  out: text(output, 'where the reports go; several run directories are merged there'),
  history: text(output, 'folder of past runs that the reports tell of; without it, that of the run'),
  ...force,
}
export const markOptions: Readonly<Record<string, Options>> = { ...force, ...progress }

/** How commands may answer; the first is the default. */
export const formats = {
  config: ['yaml', 'json'],
  doctor: ['text', 'json'],
  inventory: ['table', 'json', 'ndjson', 'csv', 'ids'],
  ports: portsFormats,
  servers: ['table', 'json', 'ndjson', 'ids'],
  thresholds: ['table', 'json'],
  baseline: ['yaml', 'json'],
  history: ['table', 'json', 'csv'],
  compare: ['table', 'json', 'csv'],
} as const

/** The options of `rackbench config show`: those of `run`, and how it prints. */
export const configOptions: Readonly<Record<string, Options>> = {
  ...runOptions,
  format: text(output, 'yaml: with comments that say where each value is from; json', { defaultDescription: 'yaml' }),
}

/** The options of `rackbench mark-fixed`: which servers, which provisioner, and how patient. */
export const markFixedOptions: Readonly<Record<string, Options>> = {
  'failed-in': runOptions['failed-in']!,
  wipe: flag(machine, 'wipe each server before its mark is cleared'),
  'as-is': flag(machine, 'clear the mark also of a server that is not clean'),
  ...Object.fromEntries(['provisioner', 'simulation', 'concurrency', 'retries', 'max-outage', 'timeout-destroy', 'timeout-mark', 'grace', 'log-level', 'config'].map((name) => [name, runOptions[name]!])),
}

const rack = 'Rack:'
const network = 'Network:'

/** The options of `rackbench simulator`. */
export const simulatorOptions: Readonly<Record<string, Options>> = {
  simulation: text(rack, 'YAML file that says how the rack behaves, and what goes wrong with requests'),
  state: text(rack, 'file that remembers the rack when the process ends'),
  port: text(network, 'port to listen on; 0 takes any that is free'),
  host: text(network, 'address to listen on', { defaultDescription: '127.0.0.1' }),
  token: text(network, 'what whoever asks must have as RACKBENCH_TOKEN'),
  verbose: flag(output, 'print a line for each request'),
}

const answer = 'Answer:'
const answerWithin = { 'answer-within': text(answer, 'how long the provisioner may take for each answer', { defaultDescription: '30s' }) }

/** The options of `rackbench doctor`: all that `run` takes, so that it can stand in its place. */
export const doctorOptions: Readonly<Record<string, Options>> = { format: text(answer, 'text or json', { defaultDescription: 'text' }), ...answerWithin, ...runOptions }

/** The options of `rackbench servers`: what says which provisioner is meant. */
export const serversOptions: Readonly<Record<string, Options>> = {
  format: text(answer, 'table, json, ndjson (one JSON object a line), or ids (one a line, fit for `run -`)', { defaultDescription: 'table' }),
  ...answerWithin,
  provisioner: runOptions['provisioner']!,
  simulation: runOptions['simulation']!,
  config: runOptions['config']!,
}

/** Options that may be given several times; with a command before it, that command's only. */
export const repeatable: ReadonlySet<string> = new Set(['by', 'compare better', 'compare metric', 'gate-closed', 'gate-open', 'history metric', 'label', 'on', 'where', 'ports port'])

const choosing = 'Choosing:'

/** The options of `rackbench inventory`. */
export const inventoryOptions: Readonly<Record<string, Options>> = {
  where: text(choosing, 'only servers that meet it: model=R640, model!=R6*, rack~^A, rack!~^A; of several, all must hold'),
  limit: text(choosing, 'the first N of them'),
  format: text(answer, 'table, json (one object, by ID), ndjson (one JSON object a line), csv, or ids (one a line, fit for `run -`)', { defaultDescription: 'table' }),
  'max-age': text(answer, 'take what was read before if it is no older: 1h; kept in ~/.cache/rackbench, or where cache: says'),
  'stale-ok': flag(answer, 'take what was read before, however old, if the inventory is away, and say so'),
  'allow-partial': flag(answer, 'exit 0 also if some servers could not be read'),
  config: runOptions['config']!,
}

const rules = 'Rules and servers:'

/** The options of `rackbench thresholds`: what says which rules and which servers are meant. */
export const thresholdsOptions: Readonly<Record<string, Options>> = {
  format: text(answer, 'table or json', { defaultDescription: 'table' }),
  on: text(rules, 'results.json of a past run, or its run directory; for try several, one behind the other or each with --on'),
  label: text(rules, 'for explain: a label of the servers, model=R640; may be given several times'),
  threshold: runOptions['threshold']!,
  ...answerWithin,
  history: text(rules, "folder of past runs, for rules about a server's own history"),
  provisioner: runOptions['provisioner']!,
  simulation: runOptions['simulation']!,
  config: runOptions['config']!,
}

/** The options of `rackbench baseline`. */
export const baselineOptions: Readonly<Record<string, Options>> = {
  margin: text(rules, 'how far from the median passes: 5%', { defaultDescription: '5%' }),
  by: text(rules, 'labels by which servers are alike: model, or model,rack', { defaultDescription: 'model, if any server has one' }),
  format: text(answer, 'yaml: with comments that say what each rule was made from; json', { defaultDescription: 'yaml' }),
}

const past = 'Past:'

/** The options of `rackbench history`. */
export const historyOptions: Readonly<Record<string, Options>> = {
  history: text(past, 'the folder of past runs; without it, RACKBENCH_HISTORY or the configuration says which'),
  since: text(past, 'only runs that started then or later: 90d ago, or 2026-11-01'),
  last: text(past, 'so many of the last runs', { defaultDescription: 'table: 30; json, csv: all' }),
  where: text(past, 'only servers that met it in the run: model=R640, rack~^A; of several, all must hold'),
  metric: text(past, 'only this metric; may be given several times'),
  format: text(answer, 'table, json, or csv', { defaultDescription: 'table' }),
  config: runOptions['config']!,
}

/** The options of `rackbench compare`. */
export const compareOptions: Readonly<Record<string, Options>> = {
  history: text(past, 'the folder of past runs that last, last~7, days and IDs are about; without it, RACKBENCH_HISTORY or the configuration says which'),
  where: text(choosing, 'only servers that meet it: model=R640, model!=R6*, rack~^A, rack!~^A; of several, all must hold'),
  by: text(choosing, 'labels by which servers are alike: model, or model,rack', { defaultDescription: 'model, if any server has one' }),
  metric: text(choosing, 'only this metric; may be given several times'),
  better: text(choosing, 'which direction of a metric is the good one, where the runs do not say: latency=lower; may be given several times'),
  'fail-over': text(answer, 'exit 1 if the median of any group is worse by more than this: 5%'),
  format: text(answer, 'table, json, or csv', { defaultDescription: 'table' }),
  config: runOptions['config']!,
}

const endpoints = 'Endpoints:'
const looking = 'Check:'
const rounds = 'Rounds:'

/** The options of `rackbench ports`. */
export const portsOptions: Readonly<Record<string, Options>> = {
  port: text(endpoints, 'port of hosts that are given without one; may be given several times, and as a range: 8000-8010'),
  'from-inventory': flag(endpoints, 'also the addresses of the configured inventory'),
  where: text(endpoints, 'only servers of the inventory that meet it: model=R640, model!=R6*, rack~^A, rack!~^A; of several, all must hold'),
  ...Object.fromEntries(['max-age', 'stale-ok', 'allow-partial'].map((name) => [name, { ...inventoryOptions[name], group: endpoints }])),
  config: text(endpoints, 'configuration file'),

  timeout: text(looking, 'how long a check may take in all', { defaultDescription: '3s' }),
  tls: flag(looking, 'make a TLS handshake, and tell the days until the certificate expires'),
  'tls-verify': flag(looking, 'with --tls: a certificate that is not trusted, expired or of another name is a failure'),
  'tls-ca': text(looking, 'with --tls: PEM file of the authorities to trust; verifies'),
  'tls-warn': text(looking, 'with --tls: tell certificates that expire within this time', { defaultDescription: '14d' }),
  expect: text(looking, "what it must say unasked, as a regular expression: '^SSH-'"),
  concurrency: text(looking, 'checks at a time', { alias: 'c', defaultDescription: '1024' }),

  every: text(rounds, 'from the beginning of a round to that of the next', { defaultDescription: '15s' }),
  count: text(rounds, 'how many rounds', { defaultDescription: '1; with --every: until a signal' }),
  history: text(rounds, 'how many checks of each endpoint are kept: it is down when so many have failed in a row', { defaultDescription: '5' }),
  state: text(rounds, 'file that keeps them between two calls'),

  format: text(answer, 'text: a live table at a terminal, else a line for each change; json: one document at the end; ndjson: one JSON object a line', { defaultDescription: 'text' }),
  junit: text(answer, 'JUnit file with a test for each endpoint, written after each round'),
}
