import type { Bar } from './lanes.ts'

/** Bars as they are drawn: a stretch of one kind. */
export interface Stretch {
  readonly kind: Bar['kind']
  readonly from: number
  readonly to: number
}

/**
 * Lays bars together that are too narrow to be seen, with what lies next to them: such a stretch is of the kind that takes most of it. What lies
 * apart by less than that is taken to touch.
 *
 * @param bars By their beginning.
 * @param leastMs What can be seen.
 */
export function stretchesOf(bars: readonly Bar[], leastMs: number): Stretch[] {
  const stretches: Stretch[] = []
  let open: { from: number; to: number; readonly msOf: Map<Bar['kind'], number> } | undefined
  function close(): void {
    if (!open) return
    const [kind] = [...open.msOf].reduce((most, other) => (other[1] > most[1] ? other : most))
    const last = stretches.at(-1)
    if (last && last.kind === kind && open.from - last.to < leastMs && last.to - last.from < mostJoined * leastMs) stretches[stretches.length - 1] = { ...last, to: open.to }
    else stretches.push({ kind, from: open.from, to: open.to })
  }
  for (const { kind, startMs, endMs } of bars) {
    const isNarrow = endMs - startMs < leastMs || (open !== undefined && open.to - open.from < leastMs)
    if (open && isNarrow && startMs - open.to < leastMs) {
      open.to = Math.max(open.to, endMs)
      open.msOf.set(kind, (open.msOf.get(kind) ?? 0) + endMs - startMs)
    } else {
      close()
      open = { from: startMs, to: endMs, msOf: new Map([[kind, endMs - startMs]]) }
    }
  }
  close()
  return stretches
}

/** A stretch grows by narrow ones of its own kind no longer than this, in times of what can be seen: wide bars side by side stay apart. */
const mostJoined = 4
