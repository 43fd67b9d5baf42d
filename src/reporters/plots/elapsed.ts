import { scaleUtc } from 'd3-scale'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Time since a beginning, in its two greatest units: `1.5s`, `45s`, `1h 20m`, `2d 6h`. */
export function elapsed(ms: number): string {
  if (ms < second) return `${Math.round(ms)}ms`
  if (ms < minute) return `${ms < 10 * second ? Math.floor(ms / 100) / 10 : Math.floor(ms / second)}s`
  const [large, small] = ms < hour ? ([minute, second] as const) : ms < day ? ([hour, minute] as const) : ([day, hour] as const)
  const whole = Math.floor(ms / large)
  const rest = Math.floor((ms - whole * large) / small)
  return rest === 0 ? `${whole}${unitOf[large]}` : `${whole}${unitOf[large]} ${rest}${unitOf[small]}`
}

const unitOf = { [second]: 's', [minute]: 'm', [hour]: 'h', [day]: 'd' } as Readonly<Record<number, string>>

/** Where an axis of so many milliseconds has its ticks: at round times. The calendar's first moment is as good a beginning as any. */
export function elapsedTicks(ms: number, about: number): number[] {
  return scaleUtc([0, ms], [0, 1]).ticks(about).map(Number)
}
