import { expect, test } from 'vitest'
import { cutOffOf } from '../../src/ports/cut-off.ts'
import { checkOf } from '../fixtures/endpoints.ts'

const read = (signs: string) => Array.from(signs, (sign) => (sign === '.' ? undefined : checkOf(sign)))

/** What the last round found (`.`: the endpoint was not watched), what this one finds, how many before it did not count. */
test.each<[string, string, string, number, number | undefined]>([
  ['all of two fail where both answered', '++', 'tt', 0, 1],
  ['all of two fail where one answered', '+r', 'rr', 0, 1],
  ['all fail, for different reasons', '+++', 'rtd', 0, 1],
  ['all fail again', '+r', 'tt', 1, 2],
  ['all fail for the third time', '+r', 'tt', 2, undefined],
  ['all fail where all failed', 'tt', 'tt', 0, undefined],
  ['one of many answers', '++++', 'ttt+', 0, undefined],
  ['a single endpoint fails', '+', 't', 0, undefined],
  ['all fail in the first round of all', '..', 'tt', 0, undefined],
  ['all fail, and only one is known from before', '+.', 'tt', 0, 1],
  ['all fail, and the only one known from before failed then', 'r.', 'tt', 0, undefined],
  ['nothing is watched', '', '', 0, undefined],
])('%s', (_what, before, now, uncounted, cutOff) => {
  expect(cutOffOf({ before: read(before), now: read(now).filter((check) => check !== undefined), uncounted })).toBe(cutOff)
})
