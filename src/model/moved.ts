import type { Change } from './change.ts'
import { changeOf } from './change.ts'
import type { MetricKind } from './metric-kind.ts'
import type { ServerId } from './server.ts'

/** What a server measured on both sides. */
export interface Pair {
  readonly server: ServerId
  readonly before: number
  readonly after: number
}

/** A server whose value has changed. */
export interface Moved extends Pair {
  readonly change: Change
}

interface About {
  /** The median of the group, before. */
  readonly middle: number
  readonly better: MetricKind['better']
}

const most = 5
/** Of a value that is nearly 0 beside those of its like, any change would be a huge share: it is held against this share of their median at least. */
const leastShare = 0.01

/** The servers that moved most, by the share of what they had measured before; at most five whose values rose, and five whose values fell. */
export function movedMost(pairs: readonly Pair[], about: About): { readonly up: readonly Moved[]; readonly down: readonly Moved[] } {
  const ranked = pairs.map((pair) => ({ pair, by: shareOf(pair, about) })).sort((a, b) => b.by - a.by || (a.pair.server < b.pair.server ? -1 : 1))
  const moved = ({ pair }: (typeof ranked)[number]): Moved => ({ ...pair, change: changeOf(pair.before, pair.after, about.better) })
  return {
    up: ranked.slice(0, most).filter(({ by }) => by > 0).map(moved),
    down: ranked.slice(-most).filter(({ by }) => by < 0).toReversed().map(moved),
  }
}

/** Always finite. */
function shareOf({ before, after }: Pair, { middle }: About): number {
  if (before === after) return 0
  const share = (after - before) / Math.max(Math.abs(before), leastShare * Math.abs(middle))
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, share))
}
