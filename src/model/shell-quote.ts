/** Makes one word of a POSIX shell out of any text. */
function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** Writes an argument vector as a command that a POSIX shell reads back as the same one. */
export function shellQuote(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}
