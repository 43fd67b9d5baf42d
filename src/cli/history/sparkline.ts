/** Which characters a terminal shows. */
export interface Characters {
  /** From the lowest to the highest. */
  readonly bars: readonly string[]
  readonly cut: string
}

const unicode: Characters = { bars: Array.from('▁▂▃▄▅▆▇█'), cut: '…' }
const ascii: Characters = { bars: Array.from('_.-=+*#@'), cut: '~' }

/** Blocks where the locale says UTF-8; whoever reads a file or a log of Jenkins may have any. */
export function charactersFor({ isTTY = false }: { readonly isTTY?: boolean }, { LC_ALL = '', LC_CTYPE = '', LANG = '' }: Readonly<Record<string, string | undefined>>): Characters {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((one) => one !== '') ?? ''
  return isTTY && /utf-?8/i.test(locale) ? unicode : ascii
}

/** Values as bars, the last of them if there are more than there is room for. A value that is not there is a blank; equal ones are of middle height. */
export function sparkline(values: readonly (number | undefined)[], { bars }: Characters, room: number): string {
  const shown = values.slice(-room)
  const known = shown.filter((value) => value !== undefined)
  const lowest = known.reduce((least, value) => Math.min(least, value), Infinity)
  const highest = known.reduce((most, value) => Math.max(most, value), -Infinity)
  const barOf = (value: number): string => {
    const part = highest > lowest ? (value / 2 - lowest / 2) / (highest / 2 - lowest / 2) : 0.5
    return bars[Math.min(bars.length - 1, Math.floor(part * bars.length))]!
  }
  return shown.map((value) => (value === undefined ? ' ' : barOf(value))).join('')
}
