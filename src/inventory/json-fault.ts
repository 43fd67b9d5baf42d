/** Where a text stops being JSON, as an offset: its length, if more of it is missing. Of some faults the parser does not tell the place. */
export function faultOffset(text: string): number {
  let sound = 0
  let broken = text.length
  if (isCutShort(text, broken)) return broken
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2)
    if (isCutShort(text, middle)) sound = middle
    else broken = middle
  }
  return sound
}

/** Whether the beginning of a text is JSON, or lacks nothing but the rest. */
function isCutShort(text: string, length: number): boolean {
  try {
    JSON.parse(text.slice(0, length))
    return true
  } catch (error) {
    const { message } = error as Error
    const [, position] = / at position (\d+)/.exec(message) ?? []
    return position === undefined ? message.includes('end of JSON input') : Number(position) >= length
  }
}
