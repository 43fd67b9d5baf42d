import { describe, expect, it } from 'vitest'
import { durationSchema } from '../../src/model/duration-schema.ts'

const messages = (schema: ReturnType<typeof durationSchema>, value: unknown): string[] | undefined => schema.safeParse(value).error?.issues.map(({ message }) => message)

describe('durationSchema', () => {
  it('reads a duration as milliseconds, both ends of its range included', () => {
    const schema = durationSchema({ leastMs: 1000, mostMs: 60_000, example: '30s' })
    expect([schema.parse('1s'), schema.parse('1m')]).toEqual([1000, 60_000])
  })

  it.each(['999ms', '61s', '30', 30, null])('names the range for %j', (value) => {
    expect(messages(durationSchema({ leastMs: 1000, mostMs: 60_000, example: '30s' }), value)).toEqual(['expected a duration from 1s to 1m, such as 30s'])
  })

  it('takes any duration where no range is given', () => {
    expect([durationSchema().parse('0ms'), messages(durationSchema(), 'soon')]).toEqual([0, ['expected a duration such as 500ms, 90s or 2h']])
  })
})
