import { inventoryOptions } from './options/inventory.ts'
import type { OptionsByName } from './options/option.ts'
import { compareOptions, historyOptions } from './options/past.ts'
import { portsOptions } from './options/ports.ts'
import { markFixedOptions, serversOptions, simulatorOptions } from './options/rack.ts'
import { baselineOptions, thresholdsOptions } from './options/rules.ts'
import { destroyOptions, markOptions, reportOptions, resumeOptions } from './options/run-directory.ts'
import { configOptions, doctorOptions, runOptions } from './options/run.ts'

export type CommandName = 'run' | 'resume' | 'report' | 'destroy' | 'mark' | 'mark-fixed' | 'doctor' | 'servers' | 'inventory' | 'ports' | 'thresholds' | 'baseline' | 'history' | 'compare' | 'simulator' | 'config' | 'completion'

export interface Declared {
  /** What the command takes besides options, as its help shows it. */
  readonly takes: string
  readonly describe: string
  readonly options: OptionsByName
  readonly examples: readonly (readonly [string, string])[]
}

/** Every command as its help tells of it. */
export const declared: Readonly<Record<CommandName, Declared>> = {
  run: {
    takes: '[servers..]',
    describe: 'Install, benchmark, check and wipe servers, 15 at a time',
    options: runOptions,
    examples: [
      ['$0 run 101-115 node-[01-20]', 'a part of the simulated rack, by ranges'],
      ['$0 run -p ./mine.mjs --threshold 60 @fleet.txt', 'your own rack, IDs from a file'],
      ['$0 run --failed-in rackbench-out/results.json', 'only those that did not pass last time'],
      ["$0 run --inventory --where 'rack~^A' --gate-closed 443", 'what the inventory has in these racks, and is not in production'],
      ['$0 run 101-400 --shard 2/4 --deadline 3h', 'the second of four parts, over in three hours'],
      ['$0 run 101-115 --dry-run', 'what would be done'],
    ],
  },
  resume: {
    takes: '<dir>',
    describe: 'Go on with a run that was stopped or has died',
    options: resumeOptions,
    examples: [['$0 resume rackbench-out --deadline 2h', 'needs the directory, and secrets from the environment']],
  },
  report: {
    takes: '<dirs..>',
    describe: 'Write all reports again from the journal, or one set of reports of several runs',
    options: reportOptions,
    examples: [
      ['$0 report rackbench-out', 'junit.xml, results.json, summary.md, results.csv, ...'],
      ['$0 report shard-1 shard-2 --out merged', 'what several agents have done, as one run'],
    ],
  },
  destroy: {
    takes: '<dir>',
    describe: 'Make the marks that are due, and wipe what a dead run may still hold',
    options: destroyOptions,
    examples: [
      ['$0 destroy rackbench-out', 'what the policy kept for diagnosis stays'],
      ['$0 destroy rackbench-out --all', 'that too'],
      ['$0 destroy rackbench-out --if-unfinished', 'first thing in a pipeline'],
    ],
  },
  mark: { takes: '<dir>', describe: 'Make marks that were withheld or failed, once a person has looked; wipe what was left for want of them', options: markOptions, examples: [['$0 mark rackbench-out', 'after you have looked at the failed servers']] },
  'mark-fixed': {
    takes: '[servers..]',
    describe: 'Take the marks from servers that have been repaired; not those that somebody else set',
    options: markFixedOptions,
    examples: [
      ['$0 mark-fixed 104 107', 'they are clean: back to the pool'],
      ['$0 mark-fixed 104 --wipe', 'wipe it first'],
    ],
  },
  doctor: {
    takes: '[servers..]',
    describe: 'Tell what would keep a run from being carried out here, and what to do about it; touch no server',
    options: doctorOptions,
    examples: [
      ['$0 doctor', 'the configuration of this folder, its provisioner, this machine, Jenkins'],
      ['$0 doctor -c 60 --out /data/night --format json', 'what `run` would be given'],
    ],
  },
  servers: {
    takes: '',
    describe: 'List the servers that the provisioner has',
    options: serversOptions,
    examples: [
      ['$0 servers', 'a table: ID, state, address, labels'],
      ['$0 servers --format ids | rackbench run -', 'all of them'],
    ],
  },
  inventory: {
    takes: '[file]',
    describe: 'Print what the inventory has: ID, address and labels of each server',
    options: inventoryOptions,
    examples: [
      ['$0 inventory --where model=R640 --where rack~^A', 'the configured inventory: those that meet both'],
      ['$0 inventory fleet.csv --format json', 'a file: one object, by ID'],
      ['$0 inventory --where rack=A1 --format ids | rackbench run -', 'all of a rack'],
    ],
  },
  ports: {
    takes: '[endpoints..]',
    describe: 'Tell whether ports answer, once or again and again, and which of them go up and down',
    options: portsOptions,
    examples: [
      ['$0 ports node-[01-20] 10.0.0.1:8080 --port 22', 'once; exit 0 if all answer'],
      ['$0 ports --from-inventory --where rack=A1 --port 22 --every 15s', 'until Ctrl-C'],
      ["$0 ports @fleet.txt --port 22 --expect '^SSH-' --state ports.json --junit ports.xml", 'a Jenkins job by the clock, which remembers'],
    ],
  },
  thresholds: {
    takes: '<explain|try> [args..]',
    describe: 'Tell which rules hold for servers and why, or what rules would have condemned in past runs; touch nothing',
    options: thresholdsOptions,
    examples: [
      ['$0 thresholds explain 104 --label model=R640', 'which rule of the configuration wins for each metric, and why'],
      ['$0 thresholds explain 104 --on rackbench-out', 'with the labels and the values of a run'],
      ['$0 thresholds try new.yaml --on runs/*/results.json', 'before you use new rules'],
    ],
  },
  baseline: {
    takes: '<results..>',
    describe: 'Print rules made from what servers measured in past runs',
    options: baselineOptions,
    examples: [['$0 baseline runs/*/results.json --margin 5% > thresholds.yaml', 'a rule for each model and metric']],
  },
  history: {
    takes: '[import|ID] [results..]',
    describe: 'Tell what past runs measured, of all servers or of one; fill the history from archived builds',
    options: historyOptions,
    examples: [
      ['$0 history --since 90d --where model=R640', 'the runs, and the metrics by model'],
      ['$0 history 104 --metric score', 'one server, with its verdicts and step times'],
      ['$0 history import builds/*/results.json', 'from archived builds; twice is harmless'],
    ],
  },
  compare: {
    takes: '<A> <B>',
    describe: 'Tell what has changed from one run, or several, to another: by metric and model, and which servers moved most; touch nothing',
    options: compareOptions,
    examples: [
      ['$0 compare before/results.json rackbench-out', 'two runs: files, or run directories'],
      ['$0 compare last~7 last --fail-over 5%', 'the last run with the seventh before it; exit 1 if a median is worse by more than 5 %'],
      ['$0 compare 2026-11-01..2026-11-07 last --where model=R640 --by rack', 'with all runs of a week, rack by rack'],
    ],
  },
  simulator: {
    takes: '',
    describe: 'Serve a simulated rack over HTTP, for rehearsals and for writing adapters, until SIGINT or SIGTERM ends it',
    options: simulatorOptions,
    examples: [
      ['$0 simulator --port 8080', 'every server exists'],
      ['$0 simulator --port 8080 --simulation rack.yaml --state rack.json --token a-token', 'behaves as the file says, and remembers'],
    ],
  },
  config: {
    takes: '<schema|show> [servers..]',
    describe: 'Print a JSON Schema of the configuration file, or the settings in effect',
    options: configOptions,
    examples: [
      ['$0 config schema', 'for editors that check and complete rackbench.config.yaml'],
      ['$0 config show --deadline 3h', 'what a run would go by, and where each value is from'],
    ],
  },
  completion: {
    takes: '[bash|zsh|fish]',
    describe: 'Print a script that lets a shell complete commands, options and values',
    options: {},
    examples: [['source <($0 completion bash)', 'in ~/.bashrc']],
  },
}

export const commandNames = Object.keys(declared) as readonly CommandName[]
