import type { Clock } from '../model/clock.ts'
import type { Provisioner } from '../model/provisioner.ts'

/** What an inventory has of the world besides its settings. */
export interface InventoryWorld {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whose servers the inventory `provisioner` gives. Whoever opened it closes it. */
  readonly provisioner?: Pick<Provisioner, 'name' | 'list'>
  /** `; did you mean url?` after a misspelt word, or nothing. */
  readonly suggest?: (word: string, known: readonly string[]) => string
}
