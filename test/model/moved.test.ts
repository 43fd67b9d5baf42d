import { expect, test } from 'vitest'
import { movedMost } from '../../src/model/moved.ts'
import type { ServerId } from '../../src/model/server.ts'

const pair = (server: string, before: number, after: number) => ({ server: server as ServerId, before, after })
const names = (those: readonly { readonly server: string }[]) => those.map(({ server }) => server)

test('at most five go each way, the one that moved most first, and those that stayed are not named', () => {
  const pairs = [...Array.from({ length: 9 }, (_, index) => pair(`up-${index}`, 100, 101 + index)), ...Array.from({ length: 7 }, (_, index) => pair(`down-${index}`, 100, 99 - index)), pair('still', 100, 100)]
  const { up, down } = movedMost(pairs, { middle: 100, better: 'higher' })
  expect([names(up), names(down)]).toEqual([['up-8', 'up-7', 'up-6', 'up-5', 'up-4'], ['down-6', 'down-5', 'down-4', 'down-3', 'down-2']])
  expect(down[0]).toEqual({ server: 'down-6', before: 100, after: 93, change: { percent: -7, is: 'worse' } })
})

test('what one server alone had nearly nothing of does not hide a real move', () => {
  const pairs = [pair('idle', 0.000_01, 0.01), pair('moved', 100, 150), pair('from-0', 0, 0.5), pair('still', 100, 100)]
  expect(names(movedMost(pairs, { middle: 100, better: undefined }).up)).toEqual(['from-0', 'moved', 'idle'])
})

test('where all was 0, those that are not are named, with no percent', () => {
  expect(movedMost([pair('a', 0, 0), pair('b', 0, 1), pair('c', 0, -1)], { middle: 0, better: 'lower' })).toEqual({
    up: [{ server: 'b', before: 0, after: 1, change: { percent: null, is: 'worse' } }],
    down: [{ server: 'c', before: 0, after: -1, change: { percent: null, is: 'better' } }],
  })
})
