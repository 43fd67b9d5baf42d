import type { Check, Endpoint } from '../model/endpoint.ts'
import type { CheckOptions } from './endpoint.ts'

export interface CheckAllOptions extends CheckOptions {
  /** How many are checked at once, at most; see `connectionsAtOnce`. */
  readonly concurrency: number
}

/**
 * Checks each endpoint once; `onCheck` hears of each as it is known, in no order. Each name is looked up once.
 *
 * @throws what `onCheck` throws; DefectError if this machine has no descriptor; the signal's reason if that aborts.
 */
export function checkAll(_endpoints: readonly Endpoint[], _options: CheckAllOptions, _onCheck: (check: Check, endpoint: Endpoint, index: number) => void): Promise<void> {
  throw new Error('not yet')
}
