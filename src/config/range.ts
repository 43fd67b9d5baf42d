import { quote } from './wording.ts'

/** What one word stands for: one server ID or, if it holds ranges, many. They are made one by one, and not counted by making them. */
type Expansion = { readonly count: bigint; readonly ids: () => Iterable<string> } | { readonly fault: string }

interface Range {
  readonly from: bigint
  readonly to: bigint
  /** How many digits each number has at least. */
  readonly width: number
}

/** More than any ID has. Whatever is longer is no ID, and nothing to count with. */
const longestWord = 1000

/**
 * Reads `101-115`, `node-[01-20]` and `r[1-4]-u[01-40]`, leading zeros kept. A range without brackets whose ends have
 * leading zeros and not the same width is an ID like any other.
 */
export function expandWord(word: string): Expansion {
  if (word.length > longestWord) return single(word)
  const bare = /^(\d+)-(\d+)$/.exec(word)
  if (bare) {
    const range = toRange(bare[1] ?? '', bare[2] ?? '')
    return range ? expansion([range], word) : single(word)
  }
  if (!word.includes('[')) return single(word)
  const parts: (string | Range)[] = []
  for (const [index, part] of word.split(/\[([^[\]]*)\]/).entries()) {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(part) ?? []
    const range = index % 2 === 1 && from !== undefined && to !== undefined ? toRange(from, to) : undefined
    if (index % 2 === 1 && !range) return { fault: `${quote(word)}: expected a range in the brackets, like [1-20] or [01-20], got ${quote(part)}` }
    parts.push(range ?? part)
  }
  return expansion(parts, word)
}

function single(word: string): Expansion {
  return { count: 1n, ids: () => [word] }
}

/** Nothing, unless no end has leading zeros or both have the same width. */
function toRange(from: string, to: string): Range | undefined {
  const hasZeros = /^0\d/.test(from) || /^0\d/.test(to)
  return hasZeros && from.length !== to.length ? undefined : { from: BigInt(from), to: BigInt(to), width: from.length === to.length ? from.length : 0 }
}

function expansion(parts: readonly (string | Range)[], word: string): Expansion {
  const ranges = parts.filter((part) => typeof part !== 'string')
  const reversed = ranges.find(({ from, to }) => from > to)
  if (reversed) return { fault: `${quote(word)}: the range runs backwards, from ${quoteNumber(reversed.from)} to ${quoteNumber(reversed.to)}` }
  return { count: ranges.reduce((product, { from, to }) => product * (to - from + 1n), 1n), ids: () => combine(parts) }
}

function quoteNumber(number: bigint): string {
  const digits = String(number)
  return digits.length > 20 ? `${digits.slice(0, 20)}...` : digits
}

function* combine([first, ...rest]: readonly (string | Range)[]): Generator<string> {
  if (first === undefined) yield ''
  else for (const head of typeof first === 'string' ? [first] : numbers(first)) for (const tail of combine(rest)) yield head + tail
}

function* numbers({ from, to, width }: Range): Generator<string> {
  for (let number = from; number <= to; number++) yield String(number).padStart(width, '0')
}
