import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** What one server adds to the reports. */
export interface Piece {
  /** Its element of junit.xml. */
  readonly testcase: string
  /** Its object of results.json. */
  readonly result: string
}

/** What some servers, next to each other in the selection, add to the reports. */
export interface Part {
  /** Their elements of junit.xml. */
  readonly testcases: () => string
  /** Their objects of results.json. */
  readonly results: () => string
}

/** How many servers share a block. */
export const blockSize = 64

/** What stands between two servers. */
export const betweenTestcases = '\n    '
export const betweenResults = ',\n    '

/**
 * The pieces of servers that are next to each other in the selection. As soon as all of them are there they are kept compressed: they
 * are alike, and take a twentieth of the room, outside of the heap. They are read again as often as the reports are written.
 */
export interface Block {
  readonly put: (place: number, piece: Piece) => void
  readonly has: (place: number) => boolean
  /** All pieces, once they are there. */
  readonly whole: () => Part | undefined
  /** One piece, as long as the block is not whole. */
  readonly get: (place: number) => Piece | undefined
  /** Forgets a piece; of a block that was whole, all of them. */
  readonly drop: (place: number) => void
}

/** @param size How many servers there are in the block. */
export function openBlock(size: number): Block {
  let loose = new Map<number, Piece>()
  let sealed: Part | undefined
  return {
    put(place, piece) {
      sealed = undefined
      loose.set(place, piece)
      if (loose.size < size) return
      sealed = seal(loose, size)
      loose = new Map()
    },
    has: (place) => sealed !== undefined || loose.has(place),
    whole: () => sealed,
    get: (place) => loose.get(place),
    drop(place) {
      sealed = undefined
      loose.delete(place)
    },
  }
}

/** Pieces put together when they are asked for. */
export function partOf(pieces: () => readonly Piece[]): Part {
  return {
    testcases: () => pieces().map(({ testcase }) => testcase).join(betweenTestcases),
    results: () => pieces().map(({ result }) => result).join(betweenResults),
  }
}

function seal(pieces: ReadonlyMap<number, Piece>, size: number): Part {
  const { testcases, results } = partOf(() => Array.from({ length: size }, (_, place) => pieces.get(place)!))
  return { testcases: compressed(testcases()), results: compressed(results()) }
}

function compressed(text: string): () => string {
  // A copy: what is answered is a part of a larger buffer.
  const bytes = Uint8Array.from(deflateRawSync(text, { level: 3 }))
  return () => inflateRawSync(bytes).toString()
}
