import { expect, test } from 'vitest'
import { createStop } from '../../src/run/stop.ts'

const first = { text: 'first' }
const second = { text: 'second' }

test('the first reason stands, and is heard once by everybody who listens', () => {
  const stop = createStop()
  const heard: string[] = []
  stop.onRequest(({ text }) => heard.push(`one: ${text}`))
  const leave = stop.onRequest(({ text }) => heard.push(`gone: ${text}`))
  stop.onRequest(({ text }) => heard.push(`two: ${text}`))
  leave()
  expect(stop.reason).toBeUndefined()
  stop.request(first)
  stop.request(second)
  expect({ heard, reason: stop.reason }).toEqual({ heard: ['one: first', 'two: first'], reason: first })
})

test('who listens later hears of it at once', () => {
  const stop = createStop()
  stop.request(first)
  const heard: string[] = []
  const leave = stop.onRequest(({ text }) => heard.push(text))
  leave()
  expect(heard).toEqual(['first'])
})
