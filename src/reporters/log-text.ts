/** The longest line of a log, in bytes. */
export const longestLine = 16 * 1024

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const allUnprintable = new RegExp(unprintable, 'g')

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Shows what would break or disguise a line (line breaks, control characters, changes of the writing direction) as its escape. */
export function oneLine(text: string): string {
  if (!unprintable.test(text) && text.isWellFormed()) return text
  return text.toWellFormed().replace(allUnprintable, (character) => names[character] ?? escapeOf(character.charCodeAt(0)))
}

function escapeOf(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The text in at most `most` bytes of UTF-8, with a note where it was cut. Characters stay whole. */
export function cutToBytes(text: string, most: number): string {
  // No character takes more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= most) return text
  const bytes = Buffer.byteLength(text)
  if (bytes <= most) return text
  const note = `... (cut: ${bytes} bytes)`
  const start = Buffer.from(text.slice(0, most)).subarray(0, Math.max(0, most - note.length))
  return `${new TextDecoder().decode(start, { stream: true })}${note}`
}
