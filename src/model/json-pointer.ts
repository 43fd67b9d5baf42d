import { z } from 'zod'

/** RFC 6901: `` is the whole document, `/jobs/0/read/iops` a value in it; `~1` stands for a slash and `~0` for a tilde. */
export function pointerSchema(example: string) {
  return z.string().max(1000).regex(/^(?:\/(?:[^~/]|~[01])*)*$/, `expected a JSON pointer such as ${example}`)
}

/** The value at a pointer; nothing if there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  return readerOf(pointer)(document)
}

/** What `valueAt` does, for a pointer that is followed in many documents. */
export function readerOf(pointer: string): (document: unknown) => unknown {
  const tokens = pointer.split('/').slice(1).map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (document) => {
    let value = document
    for (const token of tokens) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined
      if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(token)) return undefined
      value = Reflect.get(value, token)
    }
    return value
  }
}
