import { steps } from '../model/step.ts'
import type { Lane, Progress } from './progress.ts'

/** How far a run is, in a line: `12 of 60 done (10 passed, 2 failed), 15 under way: 5 install, 9 benchmark, 1 destroy; 33 waiting`. */
export function renderProgressLine({ total, done, underWay, waiting }: Progress): string {
  const { passed, failed, skipped } = done
  const ended = passed + failed + skipped
  const parts = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])]
  const how = ended > 0 ? ` (${parts.join(', ')})` : ''
  const where = underWay.length > 0 ? `: ${byStep(underWay)}` : ''
  return `${ended} of ${total} done${how}, ${underWay.length} under way${where}; ${waiting} waiting`
}

function byStep(lanes: readonly Lane[]): string {
  const counts = [undefined, ...steps].map((step) => [step ?? 'starting', lanes.filter((lane) => lane.step === step).length] as const)
  return counts.filter(([, number]) => number > 0).map(([step, number]) => `${number} ${step}`).join(', ')
}
