import { closestMatch } from 'leven'

const longestWord = 64

/** The known word that a misspelt one was probably meant to be. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined
  return closestMatch(word, known, { maxDistance: Math.min(3, Math.ceil(word.length / 3)) })
}

/** `; did you mean concurrency?`, or nothing; also where the word is a known one, and only stands in the wrong place. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known)
  return meant === undefined || meant === word ? '' : `; did you mean ${meant}?`
}
