/** How many connections this process may have open at once, and what to tell the user if that is fewer than wanted. */
export interface Allowed {
  readonly count: number
  /** Only if it is fewer: `256 file descriptors allow 200 at a time instead of 1024: raise ulimit -n`. */
  readonly note?: string
}

/** Leaves what else needs descriptors its share. To be asked once, before the first round. */
export function connectionsAtOnce(_wanted: number): Allowed {
  throw new Error('not yet')
}
