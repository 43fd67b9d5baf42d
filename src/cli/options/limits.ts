import type { OptionsByName } from './option.ts'
import { groups, text } from './option.ts'

const { time } = groups

/** How long each thing of a run may take. */
export const limits: OptionsByName = {
  'timeout-install': text(time, 'limit of a step, all its tries together: 90s, 45m, 2h'),
  'timeout-benchmark': text(time, 'the same for the benchmark'),
  'timeout-destroy': text(time, 'the same for wiping'),
  'timeout-mark': text(time, 'the same for marking'),
  'timeout-gate': text(time, 'how long one look at a port of the gate may take'),
  grace: text(time, 'how long a step may take to settle once it is aborted'),
  deadline: text(time, 'when the run should be over, wiping included'),
  'wipe-reserve': text(time, 'how much of the deadline is kept for wiping'),
}
