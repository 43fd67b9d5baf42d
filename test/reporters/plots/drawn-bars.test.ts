import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stretchesOf } from '../../../src/reporters/plots/drawn-bars.ts'
import type { Bar } from '../../../src/reporters/plots/lanes.ts'

function bar(kind: Bar['kind'], startMs: number, endMs: number): Bar {
  return { kind, startMs, endMs, failed: false }
}

test('what can be seen is drawn as it is', () => {
  expect(stretchesOf([bar('install', 0, 100), bar('benchmark', 100, 300), bar('install', 400, 500)], 10)).toEqual([
    { kind: 'install', from: 0, to: 100 },
    { kind: 'benchmark', from: 100, to: 300 },
    { kind: 'install', from: 400, to: 500 },
  ])
})

test('what is too narrow is laid to what it touches, and is of the kind that takes most', () => {
  expect(stretchesOf([bar('install', 0, 4), bar('benchmark', 4, 12), bar('check', 12, 12), bar('destroy', 50, 52)], 10)).toEqual([
    { kind: 'benchmark', from: 0, to: 12 },
    { kind: 'destroy', from: 50, to: 52 },
  ])
})

const bars = fc.array(fc.tuple(fc.constantFrom('install', 'benchmark', 'destroy' as const), fc.nat(50), fc.nat(50)), { maxLength: 200 }).map((parts) => {
  let at = 0
  return parts.map(([kind, gap, length]) => {
    const startMs = at + gap
    at = startMs + length
    return bar(kind, startMs, at)
  })
})

test('no bar is lost, and there are no more stretches than can be seen', () => {
  fc.assert(
    fc.property(bars, (those) => {
      const stretches = stretchesOf(those, 20)
      const isKept = those.every(({ startMs, endMs }) => stretches.some(({ from, to }) => from <= startMs && endMs <= to))
      const span = those.at(-1)?.endMs ?? 0
      return isKept && stretches.length <= 2 + (2 * span) / 20
    }),
  )
})
