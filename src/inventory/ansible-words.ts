/** Words of a line, or why it has none. */
export type Words = { readonly words: readonly string[] } | { readonly fault: string }

/**
 * Splits a line as Python's `shlex.split(line, comments=True)` does, which is what Ansible does: quotes may stand inside of a word, a backslash
 * takes the next character as it is, and `#` begins a comment wherever it is not quoted.
 */
export function splitWords(line: string): Words {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!
    if (quote !== undefined) {
      const next = line[at + 1]
      if (character === quote) quote = undefined
      else if (character === '\\' && quote === '"' && (next === '"' || next === '\\')) word += line[++at]!
      else word += character
    } else if (character === '#') break
    else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (character === '\\') {
      if (at + 1 === line.length) return { fault: 'ends with a backslash' }
      word = `${word ?? ''}${line[++at]!}`
    } else word = `${word ?? ''}${character}`
  }
  if (quote !== undefined) return { fault: `a quotation mark ${quote} is opened and not closed` }
  return { words: word === undefined ? words : [...words, word] }
}
