/** A colour on white, and the one that stands for it on a dark page. What plots tell apart is Okabe and Ito's, which people see who are blind to some colours. */
const colours = {
  page: ['#ffffff', '#0d1117'],
  ink: ['#1f2328', '#e6edf3'],
  faint: ['#57606a', '#9198a1'],
  grid: ['#d8dee4', '#30363d'],
  lane: ['#f0f2f5', '#161b22'],
  passed: ['#0072b2', '#56b4e9'],
  failed: ['#d55e00', '#f07c28'],
  skipped: ['#8c959f', '#7d8590'],
  install: ['#0072b2', '#3a9bd9'],
  benchmark: ['#009e73', '#009e73'],
  check: ['#e69f00', '#e69f00'],
  destroy: ['#cc79a7', '#cc79a7'],
  mark: ['#1f2328', '#e6edf3'],
  other: ['#8c959f', '#7d8590'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>
export type Colour = keyof typeof colours

interface Painted {
  readonly fill?: Colour | 'none'
  readonly stroke?: Colour
}

/**
 * The attributes that colour an element. They are plain ones, which Jenkins' policy lets through also where an SVG is opened by itself; the classes are
 * what a dark page overrides them by.
 */
export function paint({ fill, stroke }: Painted): Readonly<Record<string, string>> {
  const filled = fill === undefined || fill === 'none' ? undefined : fill
  const classes = [...(filled ? [`f-${filled}`] : []), ...(stroke ? [`s-${stroke}`] : [])].join(' ')
  return { ...(classes && { class: classes }), ...(fill && { fill: filled ? colours[filled][0] : 'none' }), ...(stroke && { stroke: colours[stroke][0] }) }
}

/** What a dark page has instead. */
export const darkStyle = `@media (prefers-color-scheme:dark){${Object.entries(colours).map(([name, [, dark]]) => `.f-${name}{fill:${dark}}.s-${name}{stroke:${dark}}`).join('')}}`
