import { describe, expect, test } from 'vitest'
import type { StopReason } from '../../src/run/stop.ts'
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

describe('a signal', () => {
  const sigint: StopReason = { because: 'signal', signal: 'SIGINT', text: 'SIGINT' }
  const sigterm: StopReason = { because: 'signal', signal: 'SIGTERM', text: 'SIGTERM' }
  const deadline: StopReason = { because: 'deadline', text: 'deadline' }

  test('stands over any other reason, and is heard after it by who still listens, late listeners too', () => {
    const stop = createStop()
    const heard: string[] = []
    stop.onRequest(({ text }) => heard.push(`one: ${text}`))
    const leave = stop.onRequest(({ text }) => heard.push(`gone: ${text}`))
    stop.request(deadline)
    leave()
    const leaveLate = stop.onRequest(({ text }) => heard.push(`gone late: ${text}`))
    stop.onRequest(({ text }) => heard.push(`late: ${text}`))
    leaveLate()
    stop.request(sigint)
    expect({ heard, reason: stop.reason }).toEqual({ heard: ['one: deadline', 'gone: deadline', 'gone late: deadline', 'late: deadline', 'one: SIGINT', 'late: SIGINT'], reason: sigint })
  })

  test.each([
    ['another signal', sigterm],
    ['a deadline', deadline],
  ])('does not give way to %s', (_what, next) => {
    const stop = createStop()
    const heard: string[] = []
    stop.onRequest(({ text }) => heard.push(text))
    stop.request(sigint)
    stop.request(next)
    expect({ heard, reason: stop.reason }).toEqual({ heard: ['SIGINT'], reason: sigint })
  })
})

test('who begins to listen while others are told hears of it once, and who is dropped meanwhile not at all', () => {
  const stop = createStop()
  const heard: string[] = []
  stop.onRequest(({ text }) => {
    heard.push(`one: ${text}`)
    leave()
    stop.onRequest(({ text: again }) => heard.push(`new: ${again}`))
  })
  const leave = stop.onRequest(({ text }) => heard.push(`gone: ${text}`))
  stop.request(first)
  expect(heard).toEqual(['one: first', 'new: first'])
})
