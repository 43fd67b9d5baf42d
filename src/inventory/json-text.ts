const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const longestNumber = 400

/**
 * Rewrites JSON, so that reading it loses nothing: numbers such as `1e3` or one of 20 digits become texts, and each key of the outermost
 * object begins with its number and a colon, since JavaScript would put `12` before `104` and take only the last of two that are alike.
 * What is no JSON stays none.
 */
export function keepWritten(text: string): string {
  const pieces: string[] = []
  let copied = 0
  let keys = 0
  let depth = 0
  let isKeyed = false
  let keyFollows = false
  const replace = (from: number, to: number, by: string): void => {
    pieces.push(text.slice(copied, from), by)
    copied = to
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') {
      if (depth === 1 && isKeyed && keyFollows) replace(at + 1, at + 1, `${keys++}:`)
      keyFollows = false
      at = endOfString(text, at)
    } else if (character === '{' || character === '[') {
      if (++depth === 1) isKeyed = keyFollows = character === '{'
    } else if (character === '}' || character === ']') depth--
    else if (character === ',') keyFollows = depth === 1
    else if (isOfNumber(character)) {
      const end = endOfNumber(text, at)
      const number = end - at > longestNumber ? '' : text.slice(at, end)
      if (jsonNumber.test(number) && String(Number(number)) !== number) replace(at, end, `"${number}"`)
      at = end - 1
    }
  }
  return pieces.length === 0 ? text : `${pieces.join('')}${text.slice(copied)}`
}

/** Where the string ends that begins at a quotation mark. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let escapes = 0
    while (text[at - 1 - escapes] === '\\') escapes++
    if (escapes % 2 === 0) return at
  }
}

function endOfNumber(text: string, start: number): number {
  let at = start
  while (at < text.length && isOfNumber(text[at]!)) at++
  return at
}

function isOfNumber(character: string): boolean {
  return (character >= '0' && character <= '9') || character === '-' || character === '+' || character === '.' || character === 'e' || character === 'E'
}

/** A key of the outermost object, as it was before `keepWritten`. */
export function keyAsWritten(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}
