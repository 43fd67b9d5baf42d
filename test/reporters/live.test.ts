import { expect, test } from 'vitest'
import { guardStream } from '../../src/reporters/console-stream.ts'
import { openLive } from '../../src/reporters/live.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import { fakeTerminal } from './terminal.ts'

function open(region: () => readonly string[]) {
  const clock = virtualClock()
  const terminal = fakeTerminal()
  return { ...openLive({ output: guardStream(terminal), clock, render: region }), clock, terminal }
}

test('lines scroll above the region, which is drawn in one write with them', async () => {
  let state = ['bar 0', 'a', 'b']
  const { line, touch, close, clock, terminal } = open(() => state)
  touch()
  await clock.advance(0)
  expect(terminal.screen()).toEqual(['bar 0', 'a', 'b'])

  line('first')
  line('second')
  state = ['bar 1', 'a']
  await clock.advance(250)
  expect(terminal.screen()).toEqual(['first', 'second', 'bar 1', 'a'])
  expect(terminal.writes).toHaveLength(2)

  state = ['bar 1', 'c', 'd']
  line('third')
  close()
  expect(terminal.screen()).toEqual(['first', 'second', 'third', 'bar 1', 'c', 'd'])
  line('afterwards')
  expect(terminal.screen().at(-1)).toBe('afterwards')
})

test('it draws at most four times a second, and nothing where nothing has changed', async () => {
  let turn = 0
  const { touch, close, clock, terminal } = open(() => [`turn ${turn}`])
  for (; turn < 99; turn++) {
    touch()
    await clock.advance(10)
  }
  expect(terminal.writes).toHaveLength(4)
  await clock.advance(10)
  expect(terminal.writes).toHaveLength(5)
  await clock.advance(10_000)
  expect(terminal.writes).toHaveLength(5)
  close()
})

test('without any news it draws once a second, so that times go on', async () => {
  const clock = virtualClock()
  const terminal = fakeTerminal()
  const live = openLive({ output: guardStream(terminal), clock, render: () => [`${clock.elapsed()} ms`] })
  live.touch()
  await clock.advance(3000)
  expect(terminal.writes).toHaveLength(4)
  expect(terminal.screen()).toEqual(['3000 ms'])
  live.close()
})

test('when it is closed no timer is left, and nothing is drawn any more', async () => {
  const { touch, close, clock, terminal } = open(() => ['bar'])
  touch()
  close()
  close()
  expect(clock.waiting()).toBe(0)
  touch()
  await clock.advance(5000)
  expect(clock.waiting()).toBe(0)
  expect(terminal.writes).toHaveLength(1)
})

test('before there is a region, lines are shown all the same', async () => {
  const { line, close, clock, terminal } = open(() => [])
  line('first')
  await clock.advance(250)
  expect(terminal.screen()).toEqual(['first'])
  close()
})

test('a region that shrinks leaves nothing behind, whatever the sizes', async () => {
  let state: string[] = []
  const { line, touch, close, clock, terminal } = open(() => state)
  for (const size of [3, 1, 5, 2, 2, 6, 1]) {
    state = Array.from({ length: size }, (_, index) => `region ${index} of ${size}`)
    line(`line before ${size}`)
    touch()
    await clock.advance(250)
    expect(terminal.screen().slice(-size)).toEqual(state)
  }
  close()
  expect(terminal.screen()).toEqual([3, 1, 5, 2, 2, 6, 1].map((size) => `line before ${size}`).concat('region 0 of 1'))
})
