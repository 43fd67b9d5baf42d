import { describe, expect, test } from 'vitest'
import { pointerSchema, valueAt } from '../../src/model/json-pointer.ts'

const document = { 'foo': ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8, '~1': 9 }

// The examples of RFC 6901, section 5, that are numbers, and what is not there.
test.each<[string, unknown]>([
  ['', document], ['/foo/0', 'bar'], ['/', 0], ['/a~1b', 1], ['/c%d', 2], ['/m~0n', 8], ['/~01', 9],
  ['/foo/-', undefined], ['/foo/00', undefined], ['/foo/2', undefined], ['/foo/length', undefined], ['/constructor', undefined], ['/__proto__', undefined], ['/foo/0/length', undefined],
])('%j points at its value', (pointer, value) => {
  expect(valueAt(document, pointer)).toEqual(value)
})

describe('a pointer', () => {
  test.each(['jobs/0', '/a~2b', '/a~', 'x'])('%j is none', (text) => {
    expect(pointerSchema('/a').safeParse(text).success).toBe(false)
  })
})
