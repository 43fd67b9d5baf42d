import { DefectError, ProvisionerUnavailableError, RequestRefusedError } from '../model/fault.ts'

/** Descriptors, memory and the like: of this machine, and not of the network. */
const machineCode = /^(?:EMFILE|ENFILE|ENOMEM|ENOBUFS|EACCES|EPERM)$/

/** What to do about a peer that TLS does not trust, by the code that says why. */
const distrust: readonly (readonly [code: RegExp, advice: string])[] = [
  [/^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)$/, 'the setting "ca" names the certificates to trust'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, '"url" needs a name that its certificate has'],
  [/^CERT_\w+$/, 'look at its certificate, and at the clock of this machine'],
]

/** What a request met instead of a whole answer, by whose fault it is. @param what Says who was asked for what. */
export function networkFault(what: string, error: unknown): Error {
  const code = codeOf(error)
  if (machineCode.test(code)) return new DefectError(`${what} could not be asked: ${code}`, { cause: error })
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError')) return new RequestRefusedError(`${what} does not answer in HTTP: ${messageOf(error)}`, { cause: error })
  if (code === 'UND_ERR_INVALID_ARG' || code === '') return new DefectError(`${what} could not be asked: ${messageOf(error)}`, { cause: error })
  const message = messageOf(error)
  const reason = message.includes(code) || message === '' ? message || code : `${message} (${code})`
  const [, advice] = distrust.find(([codes]) => codes.test(code)) ?? []
  if (advice !== undefined) return new ProvisionerUnavailableError(`${what} is not trusted: ${reason}: ${advice}`, { cause: error })
  const hint = code === 'ERR_SSL_WRONG_VERSION_NUMBER' ? ': is it an http:// address?' : ''
  return new ProvisionerUnavailableError(`${what} did not answer: ${reason}${hint}`, { cause: error })
}

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return ''
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // A name with several addresses fails with one error for each.
  return error.message === '' && error instanceof AggregateError ? messageOf(error.errors[0]) : error.message
}
