import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { durationSchema } from '../model/duration-schema.ts'
import { UsageError } from '../model/problem.ts'

const webAddress = /^[Hh][Tt][Tt][Pp][Ss]?:/

/** Where a service is, as it is written in settings. */
export const webAddressSchema = z.string().superRefine((text, context) => {
  const parsed = webAddress.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (!parsed) context.addIssue({ code: 'custom', message: 'expected an address such as https://rack.example.com/api' })
  else if (parsed.search !== '' || parsed.hash !== '') context.addIssue({ code: 'custom', message: 'expected an address without a query' })
}).meta({ pattern: webAddress.source })

/** The limit of one request, in milliseconds; written as a duration. */
export const requestLimitSchema = durationSchema({ leastMs: 100, mostMs: 600_000, example: '30s' })

/** An address that cannot be used, without what may be a password or a token in it. */
export function withoutCredentials(address: string): string {
  return address.replace(/:\/\/[^\s/]*@/, '://***@').replace(/([?#]).+$/s, '$1***')
}

/** What is wrong with a header, in a line that does not tell its value; nothing if it may be sent. @param ours Names that are not the user's to set, in small letters. */
export function headerProblem(name: string, value: string, ours: ReadonlySet<string>): string | undefined {
  const shown = JSON.stringify(name.slice(0, 80))
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `headers: ${shown} is no name of a header`
  if (ours.has(name.toLowerCase())) return `headers: ${shown} is set by rackbench itself`
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? undefined : `headers: the value of ${shown} has characters in it that no header may have`
}

/**
 * Certificates: PEM as it stands, or the absolute path of a file with it.
 *
 * @param label What problems are told after.
 * @throws UsageError
 */
export async function readCertificates(ca: string, label: string): Promise<string> {
  const refuse = (problem: string): never => {
    throw new UsageError([`${label}: ${problem}`])
  }
  const isInline = ca.includes('-----BEGIN CERTIFICATE-----')
  if (!isInline && !isAbsolute(ca)) return refuse('expected certificates in PEM, or the absolute path of a file with them')
  const text = isInline ? ca : await readFile(ca, 'utf8').catch((error: unknown) => refuse(`${ca} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`))
  const where = isInline ? 'the setting' : ca
  const certificates = text.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? refuse(`${where} holds no certificate in PEM`)
  // TLS passes over those that it cannot read.
  const unreadable = certificates.findIndex((certificate) => !isReadable(certificate))
  return unreadable < 0 ? text : refuse(`certificate ${unreadable + 1} of ${where} cannot be read`)
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).subject !== ''
  } catch {
    return false
  }
}
