import type { OptionsByName } from './option.ts'
import { flag, groups, text } from './option.ts'

const { machine } = groups

/** By what a run is carried out, and how it goes about it. */
export const steps: OptionsByName = {
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
}
