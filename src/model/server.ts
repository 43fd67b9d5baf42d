import { z } from 'zod'

declare const brand: unique symbol

/** A server's name in the inventory. Safe as a file name, an XML attribute and a map key, since `isServerId` is the only way to one. */
export type ServerId = string & { readonly [brand]: 'ServerId' }

/** A letter or digit, then letters, digits, `.`, `_`, `-`; at most 128 characters. */
export const serverIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Tells whether a text may be used as a server ID. */
export function isServerId(text: string): text is ServerId {
  return serverIdPattern.test(text) && !text.includes('\n')
}

/** The schema of a `ServerId`, for whatever is read from disk. */
export const serverIdSchema = z.string().regex(serverIdPattern) as unknown as z.ZodType<ServerId>

/** One machine, with all that an adapter needs to find it again. */
export interface Server {
  readonly id: ServerId
  /** Host name or IP address, where it is known before the install. */
  readonly address?: string
  /** Free words about the machine: `model`, `rack`, ... */
  readonly labels: Readonly<Record<string, string>>
}

export const serverSchema = z.object({
  id: serverIdSchema,
  address: z.string().exactOptional(),
  labels: z.record(z.string(), z.string()),
})

/** What `install` found out about the machine. It is journalled, so that a resumed run has it too. */
export interface Installed {
  readonly address?: string
  readonly facts?: Readonly<Record<string, string>>
}

export const installedSchema = z.object({
  address: z.string().exactOptional(),
  facts: z.record(z.string(), z.string()).exactOptional(),
})
