import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { writeLines } from '../../src/cli/write-lines.ts'

interface Taking {
  readonly stream: Writable
  readonly taken: string[]
}

/** A stream that takes so many lines, and then fails with a code. */
function taking(most: number, code: string): Taking {
  const taken: string[] = []
  const stream = new Writable({
    autoDestroy: false,
    highWaterMark: 1,
    decodeStrings: false,
    write(text: string, _encoding, done) {
      setImmediate(() => {
        if (text !== '' && taken.length === most) return done(Object.assign(new Error(`write ${code}`), { code }))
        if (text !== '') taken.push(text)
        done()
      })
    },
  })
  return { stream, taken }
}

async function written(most: number, code: string, count: number): Promise<unknown> {
  const { stream, taken } = taking(most, code)
  let asked = 0
  async function* lines(): AsyncGenerator<string> {
    while (asked < count) yield String(++asked)
  }
  const error: unknown = await writeLines(lines(), stream).catch((thrown: unknown) => thrown)
  return { taken: taken.join(''), asked, error: error instanceof Error ? error.message : undefined }
}

test('all lines are written, no faster than they are taken', async () => {
  expect(await written(Infinity, '', 3)).toEqual({ taken: '1\n2\n3\n', asked: 3, error: undefined })
})

test('a reader that has gone ends it quietly, and nothing more is asked for', async () => {
  expect(await written(2, 'EPIPE', 1_000_000)).toEqual({ taken: '1\n2\n', asked: 3, error: undefined })
  expect(await written(2, 'EPIPE', 3)).toEqual({ taken: '1\n2\n', asked: 3, error: undefined })
})

test('a disk that is full does not end it quietly', async () => {
  expect(await written(2, 'ENOSPC', 3)).toEqual({ taken: '1\n2\n', asked: 3, error: 'write ENOSPC' })
})
