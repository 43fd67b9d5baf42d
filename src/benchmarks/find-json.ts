/** So many beginnings are looked at. */
const mostTries = 20

/**
 * Finds the JSON in what a tool has printed: all of it, or else the last object, or array, that begins and ends a line, between warnings. Nothing, if there
 * is none or it is cut short.
 *
 * @param text Its lines end in `\n`.
 */
export function findJson(text: string): unknown {
  const whole = parsed(text)
  if (isDocument(whole)) return whole
  const found: object[] = []
  let end = 0
  let tries = 0
  for (const { index } of text.matchAll(/^[{[]/gm)) {
    if (index < end || tries === mostTries) continue
    tries++
    const stop = endOf(text, index)
    const document = stop === undefined ? undefined : parsed(text.slice(index, stop))
    if (stop === undefined || !isDocument(document)) continue
    found.push(document)
    end = stop
  }
  return found.findLast((document) => !Array.isArray(document)) ?? found.at(-1)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isDocument(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Where the brackets are closed again that open at an index. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0
  let isQuoted = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (isQuoted && character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    if (depth === 0) return at + 1
  }
  return undefined
}
