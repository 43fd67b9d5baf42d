import type { Socket } from 'node:net'
import { createContext, Script } from 'node:vm'
import type { Shortfall } from './connect-fault.ts'
import { excerpt } from './connect-fault.ts'

/** What a server says first fits well into it; no more is read of one that says more. */
const mostBytes = 4096
/** A pattern may try so long. Written unluckily it would try for years, and everything else waits meanwhile. */
const patternLimitMs = 100

/** What an endpoint says, unasked, held against a pattern. */
export interface Listening {
  /** What it comes to if nothing more is heard; nothing if nothing was said. */
  readonly unexpected: () => Shortfall | undefined
}

/** Reads until the pattern matches, then calls `done` without anything; or with what was said instead, if there will be no more. */
export function listenFor(expected: RegExp, socket: Socket, done: (shortfall?: Shortfall) => void): Listening {
  let bytes = Buffer.alloc(0)
  const unexpected = (): Shortfall | undefined => (bytes.length === 0 ? undefined : { reason: 'unexpected', detail: `said ${JSON.stringify(excerpt(bytes.toString()))}` })
  const hear = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk.subarray(0, mostBytes - bytes.length)])
    const isFound = matches(expected, bytes.toString())
    if (isFound === 'too slow') done({ reason: 'unexpected', detail: `took more than ${patternLimitMs} ms to be matched with ${excerpt(String(expected))}` })
    else if (isFound) done()
    else if (bytes.length === mostBytes) done(unexpected())
  }
  socket.on('data', hear)
  socket.once('end', () => done(unexpected() ?? { reason: 'reset', detail: 'closed the connection without a word' }))
  socket.resume()
  return { unexpected }
}

const context: { text?: string; expected?: RegExp } = createContext({})
const search = new Script('text.search(expected) >= 0')

/** Another context is the only place where a regular expression can be stopped, but it costs a hundred times as much as most of them. */
function matches(expected: RegExp, text: string): boolean | 'too slow' {
  if (isQuick(expected.source)) return text.search(expected) >= 0
  try {
    Object.assign(context, { text, expected })
    return search.runInContext(context, { timeout: patternLimitMs }) as boolean
  } catch {
    return 'too slow'
  }
}

/** Without groups, and with one repetition at most, the time grows with the square of the text and no more. */
function isQuick(source: string): boolean {
  return !source.includes('(') && source.split(/[*+{]/, 3).length <= 2
}
