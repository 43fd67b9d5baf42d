import type { OptionsByName } from './option.ts'
import { flag, groups, text } from './option.ts'
import { force, progress } from './output.ts'

const { machine, output, servers, time, verdict } = groups

/** The options of `rackbench resume`: what may be given anew, and how it is shown. */
export const resumeOptions: OptionsByName = {
  deadline: text(time, 'when the run should be over, wiping included; counted from now'),
  'max-outage': text(machine, 'how long the provisioner may be away'),
  concurrency: text(machine, 'servers at a time', { alias: 'c' }),
  'max-broken': text(verdict, 'how many servers the run may mark, with those marked already: N or N%'),
  history: text(output, 'folder of past runs, to which this one is added; without it, that of the run'),
  ...force,
  ...progress,
}

export const destroyOptions: OptionsByName = {
  all: flag(servers, 'wipe also what the policy kept for diagnosis, and try failed wipes again; not servers whose mark is missing'),
  'if-unfinished': flag(servers, 'do nothing, and succeed, if there is no run, or it has ended with every wipe that was due; for pipelines'),
  ...force,
  ...progress,
}

export const reportOptions: OptionsByName = {
  out: text(output, 'where the reports go; several run directories are merged there'),
  history: text(output, 'folder of past runs that the reports tell of; without it, that of the run'),
  ...force,
}

export const markOptions: OptionsByName = { ...force, ...progress }
