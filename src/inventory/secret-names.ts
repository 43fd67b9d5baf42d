/** Words of a name whose value is probably nobody's business. */
const wholeWords = /(?:^|[_.\s-])(?:pass|pwd|pin|token|auth|(?:private|api|ssh|access|secret|encryption)[_.\s-]?key|community)(?:$|[_.\s-])/i
const anywhere = /passw|passphrase|secret|credential/i

/**
 * Whether a name promises a password or the like. Labels reach logs, reports and the environment of programs: what nobody has asked for by
 * name is better left out.
 */
export function isSecretName(name: string): boolean {
  const bounded = name.slice(0, 200)
  return wholeWords.test(bounded) || anywhere.test(bounded)
}
