import type { Finding } from './finding.ts'
import { about } from './finding.ts'
import type { HeardDate } from './heard-date.ts'

/** One moment, by the clock on the wall (milliseconds since 1970) and by one that never goes back. */
export interface Moment {
  readonly now: number
  readonly elapsed: number
}

export interface ClockWorld {
  readonly began: Moment
  readonly ended: Moment
  /** What others said of the time meanwhile. */
  readonly heard: readonly HeardDate[]
}

/** No rackbench is older than this, nor will this one be in use after that. */
const saneFrom = Date.UTC(2026, 0)
const saneUntil = Date.UTC(2100, 0)
const mostSkewMs = 60_000
const mostJumpMs = 1000

const { ok, warn, fail } = about('clock')
const byNtp = 'let this machine keep time by NTP (chronyd, systemd-timesyncd): `timedatectl` tells whether it does'

/** Looks at this machine's clock: Jenkins leaves out a report that is older than its build, and logs of several machines are compared. */
export function checkClock({ began, ended, heard }: ClockWorld): Finding[] {
  const shown = new Date(ended.now).toISOString()
  if (ended.now < saneFrom || ended.now >= saneUntil) return [fail(`it is ${shown}, says this machine`, byNtp)]
  const jumpMs = ended.now - began.now - (ended.elapsed - began.elapsed)
  const last = new Map(heard.map((date) => [date.origin, date]))
  const skewed = [...last.values()].filter(({ at, date }) => Math.abs(at - date) > mostSkewMs)
  const wrong = [
    ...(Math.abs(jumpMs) > mostJumpMs ? [warn(`it was set ${inWords(jumpMs)} ${jumpMs > 0 ? 'forward' : 'back'} while rackbench looked`, byNtp)] : []),
    ...skewed.map(({ origin, at, date }) => warn(`it is ${inWords(at - date)} ${at > date ? 'ahead of' : 'behind'} that of ${origin}`, `${byNtp}; and so for the other one`)),
  ]
  if (wrong.length > 0) return wrong
  return [ok(last.size === 0 ? shown : `${shown}, as ${[...last.keys()].join(' and ')} says too`)]
}

function inWords(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000)
  return seconds < 600 ? `${seconds} s` : seconds < 36_000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
