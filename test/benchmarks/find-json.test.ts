import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJson } from '../../src/benchmarks/find-json.ts'

test.each<[string, string, unknown]>([
  ['JSON and nothing else', ' {"a": 1}\n', { a: 1 }],
  ['JSON over several lines between warnings', 'warning: {x}\n{\n  "a": "}"\n}\nfio: done {\n', { a: '}' }],
  ['a quote that is escaped', 'x\n{"a": "\\"}{"}\n', { a: '"}{' }],
  ['the last of several objects', '{"a": 1}\n{"a": 2}\n', { a: 2 }],
  ['an object after what a shell says of its jobs', '[1]\n{"a": 1}\n[1]\n', { a: 1 }],
  ['a list, if there is no object', 'note\n[{"a": 1}]\n', [{ a: 1 }]],
  ['an object after a bracket that nobody closes', '[warn] {\n{"a": 1}\n', { a: 1 }],
  ['nothing in JSON that is cut short', '{\n  "jobs": [\n    {"a": 1}\n', undefined],
  ['nothing in what only looks like it', '{a: 1}\n{NaN}\n', undefined],
  ['nothing in a bare number', '12', undefined],
  ['nothing in nothing', '', undefined],
])('finds %s', (_what, text, found) => {
  expect(findJson(text)).toEqual(found)
})

test('finds any object that stands on lines of its own, whatever is in it', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (object, indent) => {
    expect(findJson(`note: began\n${JSON.stringify(object, null, indent)}\ndone\n`)).toEqual(JSON.parse(JSON.stringify(object)))
  }))
})
