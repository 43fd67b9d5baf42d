import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../model/problem.ts'
import type { Arguments } from './command-line.ts'

const ways = '`rackbench thresholds explain 104 --on rackbench-out` tells which rule holds for a server and why, `rackbench thresholds try new.yaml --on rackbench-out` what rules would have condemned'

/** `rackbench thresholds explain` and `rackbench thresholds try` */
export async function thresholds({ words: [part, ...words], ...args }: Arguments): Promise<number> {
  if (part === 'explain') return (await import('./thresholds/explain.ts')).explain({ ...args, words })
  if (part === 'try') return (await import('./thresholds/try.ts')).tryRules({ ...args, words })
  throw new UsageError([part === undefined ? `thresholds: of what? ${ways}` : `thresholds takes explain or try, not ${JSON.stringify(part.slice(0, 80))}${suggestion(part, ['explain', 'try'])}; ${ways}`])
}
