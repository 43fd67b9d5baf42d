import type { Clock } from '../model/clock.ts'
import { DefectError } from '../model/fault.ts'
import type { IronicApi } from './ironic-api.ts'

/** How Ironic is told who asks. */
export type IronicAuth =
  | { readonly type: 'none' }
  | { readonly type: 'http_basic'; readonly username: string; readonly password: string }
  | { readonly type: 'token'; readonly token: string }

export interface IronicOptions {
  /** Where the API is; `/v1/nodes` comes after it. */
  readonly url: URL
  readonly auth: IronicAuth
  /** Certificates to trust besides those that come with Node, as PEM. */
  readonly ca?: string | undefined
  /** How many requests may be under way at once, over all calls. Default 10: more of them make each answer of Ironic slower, and none of its work faster. */
  readonly maxInFlight?: number | undefined
  /** How long Ironic may take to answer one request, in milliseconds, from when it is sent. Default a minute: under load it takes that long to say that it has accepted an order. */
  readonly requestLimitMs?: number | undefined
  readonly clock: Clock
  /** From 0 to 1, for the jitter. */
  readonly random: () => number
}

/** Ironic's API, and what it costs. */
export interface IronicClient extends IronicApi {
  /** How many requests have been sent so far. */
  readonly requests: () => number
}

/** Sends nothing before the first call. */
export function createIronicApi(_options: IronicOptions): IronicClient {
  const later = async (): Promise<never> => {
    throw new DefectError('not there yet')
  }
  return { node: later, async *nodes() {}, order: later, patch: later, setMaintenance: later, clearMaintenance: later, history: later, settled: later, check: later, close: async () => {}, requests: () => 0 }
}
