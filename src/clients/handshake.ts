import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import { connect, createSecureContext } from 'node:tls'
import type { Shortfall } from './connect-fault.ts'

/** How a TLS handshake is done, and what is asked of the certificate. */
export interface TlsOptions {
  /** What the certificate must be for, and what is asked for by SNI: the endpoint's host unless said otherwise. */
  readonly servername?: string
  /** Certificates to trust, as PEM, instead of those that come with Node.js. */
  readonly ca?: string
  /** Whether a certificate that is not trusted, for another name, or expired is a failure: it is unless this is `false`. */
  readonly verify?: boolean
}

const dayMs = 86_400_000
const contexts = new WeakMap<TlsOptions, SecureContext>()

/** @param done Hears of a shortfall of the certificate, or how many whole days it has left; not of a handshake that fails: that is an error of the socket. */
export function shakeHands(host: string, socket: Socket, options: TlsOptions, now: () => number, done: (shortfall: Shortfall | undefined, daysToExpiry: number | undefined) => void): TLSSocket {
  const name = options.servername ?? host
  // Trust is looked at afterwards: what is told of a certificate that is not trusted is more than why.
  const secure = connect({ socket, host: name, ...(isIP(name) === 0 && { servername: name }), secureContext: contextOf(options), rejectUnauthorized: false })
  secure.once('secureConnect', () => {
    const expires = Date.parse(secure.getPeerCertificate().valid_to)
    const days = Number.isNaN(expires) ? undefined : Math.floor((expires - now()) / dayMs)
    const isTrusted = secure.authorized || options.verify === false
    done(isTrusted ? undefined : { reason: 'tls', detail: whyDistrusted(String(secure.authorizationError), name, days) }, days)
  })
  return secure
}

/** One for all checks of a monitor: it holds all authorities that are trusted. */
function contextOf(options: TlsOptions): SecureContext {
  const context = contexts.get(options) ?? createSecureContext({ ca: options.ca })
  contexts.set(options, context)
  return context
}

function whyDistrusted(code: string, name: string, days: number | undefined): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is not for ${name}`
  const expired = days !== undefined && days < 0 ? `its certificate expired ${-days === 1 ? 'within the last day' : `${-days - 1} days ago`}` : undefined
  if (code === 'CERT_HAS_EXPIRED') return expired ?? 'the certificate of its authority has expired'
  return `its certificate is not trusted: ${code}${expired === undefined ? '' : `, and ${expired}`}`
}
