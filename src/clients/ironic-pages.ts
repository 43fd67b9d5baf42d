import { z } from 'zod'
import { ProvisionerUnavailableError, RequestRefusedError, UnknownServerError } from '../model/fault.ts'
import type { Hide } from './answer.ts'
import { readAnswer } from './answer.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'
import { what } from './ironic-exchange.ts'

/** A list of Ironic's, that comes in pages. */
export interface IronicList<T> {
  /** With a query that is not empty. */
  readonly path: string
  /** Under which key a page has its items. */
  readonly key: string
  readonly item: z.ZodType<T>
  /** How many items a page may have. Ironic gives at most 1000, and says nothing if that is fewer. */
  readonly limit: number
  readonly ask: (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>
  readonly hide: Hide
}

/**
 * Reads a list page by page, each time from its beginning. Pages that are too long to be read are asked for with half as many items,
 * from then on always.
 */
export function createPages<T extends { readonly uuid: string }>({ path, key, item, limit: most, ask, hide }: IronicList<T>): (signal: AbortSignal) => AsyncGenerator<readonly T[]> {
  const schema = z.object({ [key]: z.array(item), next: z.string().nullish() })
  let limit = most

  return async function* (signal) {
    const markers = new Set<string>()
    for (let marker: string | undefined; ; ) {
      const request = { method: 'GET', path: `${path}&limit=${limit}${marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`}` } as const
      const answer = await ask(request, signal).catch((error: unknown) => {
        throw marker !== undefined && error instanceof UnknownServerError ? new ProvisionerUnavailableError(`the list has changed while it was read: ${error.message}`, { busy: true }) : error
      })
      if (answer.isCut && limit > 1) {
        limit = Math.ceil(limit / 2)
        continue
      }
      const page = readAnswer(answer, schema, what(request), hide)
      const items = page[key] as readonly T[]
      yield items
      // The address of the next page is made of what Ironic believes to be called.
      marker = items.at(-1)?.uuid
      if (marker === undefined || page.next === undefined || page.next === null) return
      if (markers.has(marker)) throw new RequestRefusedError(`${what(request)}: the same page comes again and again`)
      markers.add(marker)
    }
  }
}
