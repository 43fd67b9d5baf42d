import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Server, ServerId } from '../../src/model/server.ts'
import type { Where } from '../../src/model/where.ts'
import { matcherOf, readWhere, whereText } from '../../src/model/where.ts'

const server = (labels: Server['labels'], address?: string): Server => ({ id: '104' as ServerId, ...(address !== undefined && { address }), labels })
const asWhere = (text: string): Where => {
  const where = readWhere(text)
  if (typeof where === 'string') throw new Error(where)
  return where
}

describe('a condition is read:', () => {
  test.each<[string, Where]>([
    ['model=R640', { key: 'model', is: '=', pattern: 'R640' }],
    ['model!=R640', { key: 'model', is: '!=', pattern: 'R640' }],
    ['rack~^A', { key: 'rack', is: '~', pattern: '^A' }],
    ['rack!~^A', { key: 'rack', is: '!~', pattern: '^A' }],
    ['model=', { key: 'model', is: '=', pattern: '' }],
    ['note=a=b~c!', { key: 'note', is: '=', pattern: 'a=b~c!' }],
    ['note~=|~', { key: 'note', is: '~', pattern: '=|~' }],
    [' site name = Prague 2 ', { key: 'site name', is: '=', pattern: 'Prague 2' }],
    ['note~ a ', { key: 'note', is: '~', pattern: ' a ' }],
    ['note=two\nlines', { key: 'note', is: '=', pattern: 'two\nlines' }],
  ])('%j', (text, where) => {
    expect(readWhere(text)).toEqual(where)
  })

  const form = 'expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640'
  test.each([
    ['', form],
    ['model', form],
    ['=R640', form],
    [' =R640', form],
    ['mo!del=R640', form],
    ['model!R640', form],
    ['model==R640', 'there is no ==: = compares with a value, ~ searches for a regular expression'],
    ['model!==R640', 'there is no !==: = compares with a value, ~ searches for a regular expression'],
    ['model=~^R', 'there is no =~: = compares with a value, ~ searches for a regular expression'],
    ['model~(', 'the pattern is no regular expression: Invalid regular expression: /(/: Unterminated group'],
    [`model=${'x'.repeat(501)}`, 'a pattern of 501 characters is too long: at most 500'],
  ])('not %j', (text, problem) => {
    expect(readWhere(text)).toBe(problem)
  })

  test('and written as it is read', () => {
    const key = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !/[=~!]/.test(text))
    const is = fc.constantFrom<Where['is'][]>('=', '!=', '~', '!~')
    const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', '.', '^', '$', '=', '~', ' ') }).filter((text) => text.trim() === text && !/^[=~]|^[*?]|[*?]{2}|\^[*?]|\$[*?]/.test(text))
    fc.assert(
      fc.property(fc.record({ key, is, pattern }), (where) => {
        expect(readWhere(whereText(where))).toEqual(where)
      }),
    )
  })
})

describe('a server meets', () => {
  test.each<[string, Server, boolean]>([
    ['model=R640', server({ model: 'R640' }), true],
    ['model=R64', server({ model: 'R640' }), false],
    ['model=r640', server({ model: 'R640' }), false],
    ['model=R6*', server({ model: 'R640' }), true],
    ['model!=R6*', server({ model: 'R640' }), false],
    ['model=R[6]40', server({ model: 'R640' }), false],
    ['rack~^A', server({ rack: 'A1' }), true],
    ['rack~1', server({ rack: 'A1' }), true],
    ['rack~^1', server({ rack: 'A1' }), false],
    ['rack!~^A', server({ rack: 'A1' }), false],
    ['rack=', server({}), true],
    ['rack!=', server({}), false],
    ['rack!=A1', server({}), true],
    ['rack~.', server({}), false],
    ['id=104', server({ id: 'other' }), true],
    ['id~^10', server({}), true],
    ['address=10.0.0.*', server({}, '10.0.0.4'), true],
    ['address=', server({ address: 'a label' }), true],
    ['constructor=', server({}), true],
    ['__proto__=x', server(Object.fromEntries([['__proto__', 'x']])), true],
    [`note~end$`, server({ note: `${'x'.repeat(1000)}end` }), false],
  ])('%s, of %j: %s', (text, whose, is) => {
    expect(matcherOf([asWhere(text)])(whose)).toBe(is)
  })

  test('no condition that is not there', () => {
    expect(matcherOf([])(server({}))).toBe(true)
  })

  test('all conditions, or it is not selected: against a plain model', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 })
    const key = fc.constantFrom('id', 'address', 'model', 'rack')
    const where = fc.record({ key, is: fc.constantFrom<Where['is'][]>('=', '!=', '~', '!~'), pattern: word })
    const labels = fc.dictionary(fc.constantFrom('model', 'rack'), word)
    fc.assert(
      fc.property(fc.array(where, { maxLength: 3 }), labels, fc.option(word, { nil: undefined }), (conditions, given, address) => {
        const values: Readonly<Record<string, string>> = { model: '', rack: '', ...given, id: '104', address: address ?? '' }
        const means = { '=': (value: string, text: string) => value === text, '!=': (value: string, text: string) => value !== text, '~': (value: string, text: string) => value.includes(text), '!~': (value: string, text: string) => !value.includes(text) }
        const expected = conditions.every(({ key: name, is, pattern }) => means[is](values[name]!, pattern))
        expect(matcherOf(conditions)(server(given, address))).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })
})
