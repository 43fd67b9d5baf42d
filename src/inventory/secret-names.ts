/** Words of a name whose value is probably nobody's business. */
const wholeWords = /(?:^|[_.\s-])(?:pass|pwd|pin|token|auth|(?:private|api|ssh|access|secret|encryption)[_.\s-]?key|community)(?:$|[_.\s-])/i
const anywhere = /passw|passphrase|secret|credential/i

const known = new Map<string, boolean>()
const mostKnown = 10_000

/**
 * Whether a name promises a password or the like. Labels reach logs, reports and the environment of programs: what nobody has asked for by
 * name is better left out. A fleet has the same few names again and again: they are looked at once.
 */
export function isSecretName(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const bounded = name.slice(0, 200)
  const isSecret = wholeWords.test(bounded) || anywhere.test(bounded)
  if (known.size < mostKnown) known.set(name, isSecret)
  return isSecret
}
