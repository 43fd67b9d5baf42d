import { DefectError, ProvisionerUnavailableError, RequestRefusedError } from '../model/fault.ts'

/** Descriptors, memory and the like: of this machine, and not of the network. */
const machineCode = /^(?:EMFILE|ENFILE|ENOMEM|ENOBUFS|EACCES|EPERM)$/

/** What a request met instead of a whole answer, by whose fault it is. @param what Says who was asked for what. */
export function networkFault(what: string, error: unknown): Error {
  const code = codeOf(error)
  if (machineCode.test(code)) return new DefectError(`${what} could not be asked: ${code}`, { cause: error })
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError')) return new RequestRefusedError(`${what} does not answer in HTTP: ${messageOf(error)}`, { cause: error })
  if (code === 'UND_ERR_INVALID_ARG' || code === '') return new DefectError(`${what} could not be asked: ${messageOf(error)}`, { cause: error })
  const message = messageOf(error)
  return new ProvisionerUnavailableError(`${what} did not answer: ${message.includes(code) || message === '' ? message || code : `${message} (${code})`}`, { cause: error })
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
