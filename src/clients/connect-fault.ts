import type { FailureReason } from '../model/endpoint.ts'
import { inOneLine } from '../model/escape.ts'

/** Why an endpoint did not answer as it should. */
export interface Shortfall {
  readonly reason: FailureReason
  /** More of it, in one line and bounded. */
  readonly detail: string
}

/** That this machine could not even ask: it has no descriptor or no memory for it now. */
export interface Short {
  readonly short: string
}

const machineCode = /^(?:EMFILE|ENFILE|ENOBUFS|ENOMEM)$/

/** By the code of the system, of its resolver, or of TLS. */
const reasons: readonly (readonly [code: RegExp, reason: FailureReason])[] = [
  [/^ECONNREFUSED$/, 'refused'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(?:ECONNRESET|ECONNABORTED|EPIPE)$/, 'reset'],
  [/^(?:ENOTFOUND|ENODATA|EAI_\w+)$/, 'dns'],
  [/^(?:EPROTO|ERR_SSL_\w+|ERR_TLS_\w+|ERR_OSSL_\w+)$/, 'tls'],
]

/** What an error of a socket says of the endpoint, or of this machine. Whatever else keeps a packet from its way is `unreachable`. */
export function readFault(error: NodeJS.ErrnoException): Shortfall | Short {
  const { code = '', message } = error
  if (machineCode.test(code)) return { short: code }
  const reason = reasons.find(([codes]) => codes.test(code))?.[1] ?? 'unreachable'
  return { reason, detail: reason === 'tls' ? `${tlsReason(message)} (${code})` : code || excerpt(message) }
}

/** `...:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/...` tells one thing. */
function tlsReason(message: string): string {
  const [, reason] = /:SSL routines:[^:]*:([^:]+):/.exec(message) ?? []
  return excerpt(reason ?? message)
}

/** What others have said, as a part of one line. */
export function excerpt(text: string): string {
  const line = inOneLine(text.slice(0, 400))
  return line.length > 80 ? `${line.slice(0, 80)}...` : line
}
