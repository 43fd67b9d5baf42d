import { expect, test } from 'vitest'
import { linkToNext } from '../../src/inventory/http-link.ts'

test.each<[string, string | undefined]>([
  ['</b>; rel="next"', '/b'],
  ['</b>;rel=next', '/b'],
  ['</a>; rel="prev", </b>; title="x, <y>; rel=next"; rel="next"', '/b'],
  ['</a>; rel="first last", </b>; REL="Last NEXT"', '/b'],
  ['<?cursor=a,b;c>; rel=next', '?cursor=a,b;c'],
  ['</a>; rel=prev', undefined],
  ['</a>; rel="nextish"', undefined],
  ['</a>', undefined],
  ['/b; rel=next', undefined],
  ['', undefined],
  [`<${'<'.repeat(10_000)}`, undefined],
  [`</a>${'; a="'.repeat(5000)}`, undefined],
])('the next page of %j is %j', (header, next) => {
  expect(linkToNext(header)).toBe(next)
})
