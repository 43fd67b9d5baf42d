import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../src/config/yaml.ts'

async function parsed(text: string, asWritten: readonly string[] = []) {
  const problems: string[] = []
  const result = await parseYaml(text, { label: 'f', asWritten }, (problem) => problems.push(problem))
  return problems.length > 0 ? problems : result?.value
}

test('YAML and JSON are read alike', async () => {
  expect(await parsed('a: 1\nb: [x, "2"]\nc: {d: null, e: true}\n')).toEqual({ a: 1, b: ['x', '2'], c: { d: null, e: true } })
  expect(await parsed('{\n\t"a": 1,\n\t"b": [\n\t\t"x"\n\t]\n}\n')).toEqual({ a: 1, b: ['x'] })
  expect([await parsed(''), await parsed('# nothing\n'), await parsed('5')]).toEqual([null, null, 5])
})

test('keys are texts as they are written', async () => {
  const text = '0104: a\n1e1: b\n~: c\n"x": d\ntrue: e\n12345678901234567890: f'
  expect(await parsed(text)).toEqual({ '0104': 'a', '1e1': 'b', '~': 'c', x: 'd', true: 'e', '12345678901234567890': 'f' })
})

test('values are texts as they are written where that is asked for', async () => {
  expect(await parsed('ids: [0101, 12345678901234567890, 0x1F, "007", true, {a: 01}, ~]\nother: 0101', ['ids', 'none'])).toEqual({
    ids: ['0101', '12345678901234567890', '0x1F', '007', 'true', { a: '01' }, null],
    other: 101,
  })
  expect([await parsed('[1, 2]', ['ids']), await parsed('ids: 0101', ['ids'])]).toEqual([[1, 2], { ids: '0101' }])
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
  ])('%j', async (text, problem) => {
    expect((await parsed(text) as string[])[0]).toBe(problem)
    expect(await parsed(text)).toSatisfy((problems: string[]) => problems.every((line) => !line.includes('\n')))
  })
})

test('aliases are followed, but not without end', async () => {
  const levels = Array.from({ length: 12 }, (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? 'x' : `*a${level - 1}`).join(', ')}]`)
  expect(await parsed('a: &x [1]\nb: *x')).toEqual({ a: [1], b: [1] })
  expect(await parsed(levels.join('\n'))).toEqual(['f: cannot be read: Excessive alias count indicates a resource exhaustion attack'])
  expect(await parsed('a: &a [*a]')).toEqual(['f: cannot be read: Converting circular structure to JSON'])
})

test('what is nested beyond reason is refused', async () => {
  expect((await parsed(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`) as string[])[0]).toMatch(/^f: line 1, column \d+: nested too deeply$/)
})

test('a map of ten thousand servers is read with each key looked at once', async () => {
  const rack = Array.from({ length: 10_000 }, (_, index) => `${index}: {labels: {rack: r1}}`).join('\n')
  expect(Object.keys(await parsed(rack) as object)).toHaveLength(10_000)
})
