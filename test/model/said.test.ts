import { expect, test } from 'vitest'
import { said } from '../../src/model/said.ts'

test('what somebody threw is said in words, whatever it was', () => {
  const trap = new Proxy(new Error('hidden'), { get: () => Object.create(null) })
  const given = [new Error('out of paper'), 'a text', 7, undefined, Symbol('s'), Object.create(null), Object.assign(new Error(), { message: Symbol('m') }), trap]
  const unshown = 'something that cannot be shown'
  expect(given.map(said)).toEqual(['out of paper', 'a text', '7', 'undefined', 'Symbol(s)', unshown, 'Symbol(m)', unshown])
})
