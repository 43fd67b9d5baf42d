import { expect, test } from 'vitest'
import { askingOf } from '../../src/cli/asking.ts'
import { UsageError } from '../../src/model/problem.ts'

test('the first format and half a minute are usual', () => {
  expect(askingOf({}, ['text', 'json'])).toEqual({ format: 'text', limitMs: 30_000 })
  expect(askingOf({ format: 'json', 'answer-within': '2m' }, ['text', 'json'])).toEqual({ format: 'json', limitMs: 120_000 })
})

test('what cannot be taken is told, all of it', () => {
  const problems = ['--format: expected text | json, got "xml"', '--answer-within: expected a duration above 0 (write 90s, 45m or 2h), got "0s"']
  expect(() => askingOf({ format: 'xml', 'answer-within': '0s' }, ['text', 'json'])).toThrow(new UsageError(problems))
})
