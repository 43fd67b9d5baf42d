/** Whether a pattern leaves anything open: `*` stands for any characters, also none, and `?` for one. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern)
}

/** Whether a text as a whole matches a pattern. Takes at most the product of their lengths: only the last `*` is ever tried anew. */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = Array.from(pattern)
  const given = Array.from(text)
  let at = 0
  let star = -1
  let resume = 0
  for (let index = 0; index < given.length; ) {
    if (wanted[at] === '*') {
      star = at++
      resume = index
    } else if (wanted[at] === '?' || wanted[at] === given[index]) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else return false
  }
  return wanted.slice(at).every((character) => character === '*')
}
