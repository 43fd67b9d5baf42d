/** A number with its unit: `s`, `MB`, `ms/server`. */
export interface Quantity {
  readonly value: number
  readonly unit: string
}

/** What must hold, of the ratio where there is a reference and of the figure itself where there is none. */
export interface Target {
  readonly is: 'at most' | 'at least'
  readonly value: number
  /** What is aimed at beyond the target. */
  readonly goal?: number
}

/** One thing that was measured. */
export interface Finding {
  readonly what: string
  readonly figure: Quantity
  /** What the figure is held against. */
  readonly reference: (Quantity & { readonly what: string }) | null
  readonly ratio: number | null
  /** How the ratio is read: how many times as much as the reference, or how many times faster. */
  readonly ratioIs: 'times as much' | 'times faster' | null
  readonly target: Target | null
  readonly reached: boolean | null
}

/** Something that could not be measured here. */
export interface Missing {
  readonly what: string
  readonly missing: string
}

export type Result = Finding | Missing

/** Where a bench works. */
export interface Lab {
  /** The checkout, built. Absolute. */
  readonly checkout: string
  /** An empty folder of the bench's own, removed afterwards. */
  readonly folder: string
  /** The share of the full size that is run: 1, or less to try a bench out. */
  readonly scale: number
  /** Tells what goes on. */
  readonly say: (line: string) => void
}

export interface Bench {
  readonly name: string
  /** What it measures, in one line. */
  readonly about: string
  readonly run: (lab: Lab) => Promise<readonly Result[]>
}

interface Measured {
  readonly what: string
  readonly figure: Quantity
  readonly target?: Target
}

/** A figure that stands for itself. */
export function alone({ what, figure, target }: Measured): Finding {
  return { what, figure, reference: null, ratio: null, ratioIs: null, target: target ?? null, reached: target ? holds(target, figure.value) : null }
}

/** A figure held against another one of the same unit. */
export function beside({ what, figure, target }: Measured, ratioIs: 'times as much' | 'times faster', reference: Quantity & { readonly what: string }): Finding {
  const ratio = ratioIs === 'times faster' ? reference.value / figure.value : figure.value / reference.value
  return { what, figure, reference, ratio, ratioIs, target: target ?? null, reached: target ? holds(target, ratio) : null }
}

function holds({ is, value }: Target, measured: number): boolean {
  return is === 'at most' ? measured <= value : measured >= value
}

/** So much of a full size, but never nothing. */
export function scaled(count: number, { scale }: Pick<Lab, 'scale'>): number {
  return Math.max(1, Math.round(count * scale))
}
