/** What a host pattern stands for, without a list of it yet. */
export type Expansion = { readonly count: number; readonly names: () => Iterable<string> } | { readonly fault: string }

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const longestPattern = 1000

interface Part {
  readonly count: number
  readonly at: (index: number) => string
}

/** Expands `web[01:20:2].example`, `db-[a:f]` and several ranges in a name, as Ansible does; a port at the end is left out. */
export function expandHosts(pattern: string): Expansion {
  if (pattern.length > longestPattern) return { fault: `a host name of ${pattern.length} characters is too long` }
  const parts: Part[] = []
  let rest = withoutPort(pattern)
  while (rest !== '') {
    const open = rest.indexOf('[')
    if (open !== 0) {
      const text = open < 0 ? rest : rest.slice(0, open)
      parts.push({ count: 1, at: () => text })
      rest = rest.slice(text.length)
      continue
    }
    const close = rest.indexOf(']')
    if (close < 0) return { fault: 'a range is opened with [ and not closed' }
    const range = rangeOf(rest.slice(1, close))
    if (typeof range === 'string') return { fault: `[${rest.slice(1, close)}]: ${range}` }
    parts.push(range)
    rest = rest.slice(close + 1)
  }
  return { count: parts.reduce((product, { count }) => product * count, 1), names: () => combined(parts, '') }
}

/** The last range counts fastest. */
function* combined([first, ...others]: readonly Part[], before: string): Generator<string> {
  if (!first) {
    yield before
    return
  }
  for (let index = 0; index < first.count; index++) yield* combined(others, `${before}${first.at(index)}`)
}

function withoutPort(pattern: string): string {
  const [, bracketed] = /^\[([^\]]*:[^\]]*:[^\]]*|[^\]:]*)\]:\d{1,5}$/.exec(pattern) ?? []
  if (bracketed !== undefined) return bracketed
  const [, port] = /:(\d{1,5})$/.exec(pattern) ?? []
  const host = port === undefined ? pattern : pattern.slice(0, -port.length - 1)
  return port !== undefined && !host.replaceAll(/\[[^\]]*\]/g, '').includes(':') ? host : pattern
}

/** @returns what is wrong with it, if it is no range. */
function rangeOf(text: string): Part | string {
  const [from = '', to, stepText = '1', ...more] = text.split(':')
  if (to === undefined || to === '' || more.length > 0) return 'expected a range such as [1:20], [01:20:2] or [a:f]'
  const step = /^\d{1,9}$/.test(stepText) ? Number(stepText) : 0
  if (step === 0) return 'the step of a range is a whole number from 1 on'
  if (letters.includes(from) && from.length === 1 && to.length === 1 && letters.includes(to)) return ordered(letters.indexOf(from), letters.indexOf(to), step, (index) => letters[index]!)
  if (!/^\d*$/.test(from) || !/^\d+$/.test(to)) return 'expected numbers or single letters'
  if (from.length > 15 || to.length > 15) return 'its numbers are too long'
  const isPadded = from.length > 1 && from.startsWith('0')
  if (isPadded && from.length !== to.length) return 'a range with leading zeros has both ends of the same length'
  return ordered(Number(from), Number(to), step, (value) => (isPadded ? String(value).padStart(from.length, '0') : String(value)))
}

function ordered(from: number, to: number, step: number, write: (value: number) => string): Part | string {
  if (from > to) return 'its end is before its beginning'
  return { count: Math.floor((to - from) / step) + 1, at: (index) => write(from + index * step) }
}
