/** The value of a variable, texts and numbers as they are written; `null` is nothing, or a list or an object, which no label could hold. */
export type Value = string | boolean | null

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' }
const quotedText = /^(?:'([^'\\\n]*(?:\\.[^'\\\n]*)*)'|"([^"\\\n]*(?:\\.[^"\\\n]*)*)")\s*(?:#.*)?$/
const number = /^([-+]?(?:0|[1-9][\d_]*|\d*\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?)\s*(?:#.*)?$/

/**
 * A value of an INI inventory: Ansible takes what is a literal of Python for that, and everything else for text. Numbers stay as they are
 * written.
 */
export function valueOfIni(written: string): Value {
  const text = written.trim()
  const [, single, double] = quotedText.exec(text) ?? []
  const inside = single ?? double
  if (inside !== undefined) return inside.replaceAll(/\\(.)/g, (whole, character: string) => escapes[character] ?? whole)
  const [, digits] = number.exec(text) ?? []
  if (digits !== undefined) return digits
  const [word] = /^(?:None|True|False)(?=\s*(?:#.*)?$)/.exec(text) ?? []
  if (word !== undefined) return word === 'None' ? null : word === 'True'
  const isBraced = (text.startsWith('{') && text.endsWith('}') && !isTemplate(text)) || (text.startsWith('[') && text.endsWith(']'))
  return isBraced ? null : written
}

/** A value of a YAML inventory, as plain data. */
export function valueOfYaml(plain: unknown): Value {
  return typeof plain === 'string' || typeof plain === 'boolean' ? plain : null
}

/** Whether a value is only known once Ansible has worked it out. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%/.test(text)
}
