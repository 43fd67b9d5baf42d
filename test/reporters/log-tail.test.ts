import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, property, string } from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTail, readEnd } from '../../src/reporters/log-tail.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rackbench-tail-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function fileOf(text: string): string {
  const path = join(directory, 'x.log')
  writeFileSync(path, text)
  return path
}

function tailOf(lines: readonly string[]): readonly string[] {
  const tail = createTail([])
  for (const line of lines) tail.add(line)
  return tail.lines()
}

test('a tail is the last 20 lines', () => {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
  expect(tailOf(lines)).toEqual(lines.slice(-20))
})

test('a tail holds whole lines from the end that fit in 4 KiB; one that is longer alone is cut', () => {
  const long = 'y'.repeat(2000)
  expect(tailOf(['a', long, 'b', long])).toEqual(['a', long, 'b', long])
  expect(tailOf(['a', long, long, long])).toEqual([long, long])
  const [only, ...others] = tailOf(['a', 'z'.repeat(10_000)])
  expect(others).toEqual([])
  expect(only).toHaveLength(4095)
  expect(only?.endsWith('z... (cut: 10000 bytes)')).toBe(true)
})

test('a tail is always an end of what was added, within both bounds, and as long as they allow', () => {
  assert(
    property(array(string({ unit: 'grapheme', maxLength: 900 }), { maxLength: 60 }), (lines) => {
      const tail = tailOf(lines)
      expect(tail).toEqual(lines.slice(lines.length - tail.length))
      const bytes = (some: readonly string[]): number => some.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
      expect(tail.length).toBeLessThanOrEqual(20)
      expect(bytes(tail)).toBeLessThanOrEqual(4096)
      const longer = lines.slice(-tail.length - 1)
      const isWhole = tail.length === lines.length || tail.length === 20
      expect(isWhole || bytes(longer) > 4096).toBe(true)
    }),
  )
})

test('a file that is not there, or is empty, has no end', () => {
  expect(readEnd(join(directory, 'none.log'))).toEqual({ lines: [], isTorn: false })
  expect(readEnd(fileOf(''))).toEqual({ lines: [], isTorn: false })
})

test('the end of a file tells its lines, and whether the last one was cut short', () => {
  expect(readEnd(fileOf('a\nb\n'))).toEqual({ lines: ['a', 'b'], isTorn: false })
  expect(readEnd(fileOf('a\nb'))).toEqual({ lines: ['a', 'b'], isTorn: true })
})

test('of a long file only the last 8 KiB are read, from the first whole line on', () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `line ${String(index).padStart(4, '0')}`)
  expect(readEnd(fileOf(`${lines.join('\n')}\n`)).lines).toEqual(lines.slice(-819))
})
