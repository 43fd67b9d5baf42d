import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../src/config/yaml.ts'

function parsed(text: string, asWritten: readonly string[] = []) {
  const problems: string[] = []
  const result = parseYaml(text, { label: 'f', asWritten }, (problem) => problems.push(problem))
  return problems.length > 0 ? problems : result?.value
}

test('YAML and JSON are read alike', () => {
  expect(parsed('a: 1\nb: [x, "2"]\nc: {d: null, e: true}\n')).toEqual({ a: 1, b: ['x', '2'], c: { d: null, e: true } })
  expect(parsed('{\n\t"a": 1,\n\t"b": [\n\t\t"x"\n\t]\n}\n')).toEqual({ a: 1, b: ['x'] })
  expect([parsed(''), parsed('# nothing\n'), parsed('5')]).toEqual([null, null, 5])
})

test('keys are texts as they are written', () => {
  const text = '0104: a\n1e1: b\n~: c\n"x": d\ntrue: e\n12345678901234567890: f'
  expect(parsed(text)).toEqual({ '0104': 'a', '1e1': 'b', '~': 'c', x: 'd', true: 'e', '12345678901234567890': 'f' })
})

test('values are texts as they are written where that is asked for', () => {
  expect(parsed('ids: [0101, 12345678901234567890, 0x1F, "007", true, {a: 01}, ~]\nother: 0101', ['ids', 'none'])).toEqual({
    ids: ['0101', '12345678901234567890', '0x1F', '007', 'true', { a: '01' }, null],
    other: 101,
  })
  expect([parsed('[1, 2]', ['ids']), parsed('ids: 0101', ['ids'])]).toEqual([[1, 2], { ids: '0101' }])
})

describe('a fault is told in one line, with line and column', () => {
  test.each([
    ['a: [1\nb: 2', 'f: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a: 1\n  b: 2', 'f: line 1, column 4: Nested mappings are not allowed in compact mappings'],
    ['a: "x', 'f: line 1, column 6: Missing closing "quote'],
    ['a: 1\n---\nb: 2', 'f: line 2, column 1: Source contains multiple documents; please use YAML.parseAllDocuments()'],
    ['a: !secret x', 'f: line 1, column 4: Unresolved tag: !secret'],
    ['a:\n  b: 1\n  c: 2\n  b: 3', 'f: line 4, column 3: the key "b" is there twice'],
    ['1: a\n"1": b\n"1": c', 'f: line 2, column 1: the key "1" is there twice'],
    ['a: 1\n[b, c]: 2', 'f: line 2, column 1: a key must be a text'],
    ['a: &x 1\n*x : 2', 'f: line 2, column 1: a key must be a text'],
    ['a: {b: .inf, c: [1, -.inf, .nan]}', 'f: a.b: expected a finite number'],
  ])('%j', (text, problem) => {
    expect((parsed(text) as string[])[0]).toBe(problem)
    expect(parsed(text)).toSatisfy((problems: string[]) => problems.every((line) => !line.includes('\n')))
  })
})

test('aliases are followed, but not without end', () => {
  const levels = Array.from({ length: 12 }, (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? 'x' : `*a${level - 1}`).join(', ')}]`)
  expect(parsed('a: &x [1]\nb: *x')).toEqual({ a: [1], b: [1] })
  expect(parsed(levels.join('\n'))).toEqual(['f: cannot be read: Excessive alias count indicates a resource exhaustion attack'])
  expect(parsed('a: &a [*a]')).toEqual(['f: cannot be read: Converting circular structure to JSON'])
})

test('what is nested beyond reason is refused', () => {
  expect((parsed(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`) as string[])[0]).toMatch(/^f: line 1, column \d+: nested too deeply$/)
})

test('a map of ten thousand servers is read with each key looked at once', () => {
  const rack = Array.from({ length: 10_000 }, (_, index) => `${index}: {labels: {rack: r1}}`).join('\n')
  expect(Object.keys(parsed(rack) as object)).toHaveLength(10_000)
})
