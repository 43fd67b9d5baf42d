import { expect, test } from 'vitest'
import { z } from 'zod'
import { UsageError, describeIssues } from '../../src/model/problem.ts'

test('a usage error has one line for each problem', () => {
  const { name, message, problems } = new UsageError(['no servers', 'no provisioner'])
  expect({ name, message, problems }).toEqual({ name: 'UsageError', message: 'no servers\nno provisioner', problems: ['no servers', 'no provisioner'] })
})

const schema = z.strictObject({
  thresholds: z.array(z.object({ min: z.number() })).exactOptional(),
  concurrency: z.int().exactOptional(),
  destroy: z.enum(['passing', 'never']).exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
  os: z.string().min(1).exactOptional(),
  codes: z.record(z.string().regex(/^\d+$/, 'is no code'), z.string()).exactOptional(),
  odd: z.number().refine((value) => value % 2 === 1, { message: 'is even' }).exactOptional(),
})

test.each<[unknown, string[]]>([
  [{ thresholds: [{ min: 1 }, { min: 2 }, { min: 'fast' }] }, ['thresholds[2].min: expected a number, got "fast"']],
  [{ thresholds: [{}] }, ['thresholds[0].min: expected a number, but it is missing']],
  [{ concurrency: 1.5 }, ['concurrency: expected a whole number, got 1.5']],
  [{ destroy: 'sometimes' }, ['destroy: expected passing | never, got "sometimes"']],
  [{ labels: [] }, ['labels: expected an object, got []']],
  [{ codes: { '1': 2, x: 'a' } }, ['codes.1: expected a string, got 2', 'codes.x: is no code']],
  [{ os: '' }, ['os: Too small: expected string to have >=1 characters, got ""']],
  [{ odd: 2 }, ['odd: is even, got 2']],
  [{ consurrency: 1, thresholds: 'x'.repeat(100) }, [`thresholds: expected an array, got "${'x'.repeat(79)}...`, 'unknown key "consurrency" (did you mean concurrency?)']],
  ['text', ['expected an object, got "text"']],
  [{ concurrency: 'a', destroy: 1, os: 2 }, ['concurrency: expected a number, got "a"', 'destroy: expected passing | never, got 1', 'os: expected a string, got 2']],
])('of %j every problem is told, with its path', (input, lines) => {
  const read = schema.safeParse(input)
  expect(describeIssues(read.error!, input, (key) => (key === 'consurrency' ? ' (did you mean concurrency?)' : ''))).toEqual(lines)
})

test('a text that is short for more than it says is told where that is wrong', () => {
  const command = z.preprocess((given) => (typeof given === 'string' ? { profile: given } : given), z.object({ profile: z.enum(['cpu', 'disk']) }))
  expect(describeIssues(z.array(command).safeParse(['cpuu']).error!, ['cpuu'])).toEqual(['[0].profile: expected cpu | disk, got "cpuu"'])
})

test('a value that JSON cannot write is told all the same', () => {
  const input = { os: Symbol('s') }
  expect(describeIssues(schema.safeParse(input).error!, input)).toEqual(['os: expected a string, got Symbol(s)'])
})
