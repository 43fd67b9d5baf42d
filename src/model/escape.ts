/* oxlint-disable no-control-regex -- control characters are what is looked for */

/**
 * The escape sequences of ECMA-48: operating system commands and other strings with their terminator, control sequences, and
 * two-character escapes. Each alternative ends at the next escape, so that the time taken grows with the text and not with its
 * square, as it does with `util.stripVTControlCharacters`: an adapter's text must not be able to hold the run up.
 */
const sequence = /\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g

/** Takes terminal escape sequences out of a text, whole. */
export function stripEscapes(text: string): string {
  return /[\u001b\u009b]/.test(text) ? text.replaceAll(sequence, '') : text
}

/** A text of others as part of one line: without escape sequences, and blanks in place of control characters and line breaks. */
export function inOneLine(text: string): string {
  return stripEscapes(text).replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}
