/** One link of RFC 8288: its target, and its parameters as they stand. */
const link = /<([^<>]*)>((?:\s*;\s*[\w-]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]+))?)*)/g

/** Where a header `Link` says the next page is; nothing if it does not. */
export function linkToNext(header: string): string | undefined {
  for (const [, target, parameters = ''] of header.slice(0, 16_384).matchAll(link)) {
    const [, quoted, plain] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters) ?? []
    if ((quoted ?? plain ?? '').toLowerCase().split(/\s+/).includes('next')) return target
  }
  return undefined
}
