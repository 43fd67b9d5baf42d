/** Takes one problem, in one line. */
export type Tell = (problem: string) => void

const longest = 80

/** A value as it was given, short and in one line whatever it is: `"fast"`, `[1,2]`. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value))
  return shortened(written(value))
}

/** What a program gave may be more than JSON can say: a BigInt, an object that contains itself. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return typeof value === 'bigint' ? `${value}n` : 'an object'
  }
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}...` : text
}

/** The sentence for a value that cannot be taken, the same wherever it came from. */
export function refusal(label: string, expected: string, given: unknown): string {
  return `${label}: expected ${expected}, got ${quote(given)}`
}

/** Writes out what would break the line, move the cursor or hide text: control, format and separator characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** `1 server`, `2 servers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** The first few of a list, and how many more there are. */
export function someOf(names: readonly string[], most = 10): string {
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}
