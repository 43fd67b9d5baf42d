import { expect, test } from 'vitest'
import { log, withCurrentLog } from '../../src/run/current-log.ts'

test('a line goes to the log of the step that is calling, however many call at once, and however deep', async () => {
  const lines: string[] = []
  const step = (name: string) =>
    withCurrentLog(
      (message, level) => lines.push(`${name}: ${level ?? 'info'}: ${message}`),
      async () => {
        log('begins')
        await new Promise((resolve) => setImmediate(resolve))
        await (async () => log('deep', 'warn'))()
      },
    )
  await Promise.all([step('one'), step('two')])
  expect(lines.toSorted()).toEqual(['one: info: begins', 'one: warn: deep', 'two: info: begins', 'two: warn: deep'])
})

test('outside a step a line goes nowhere', () => {
  expect(log('nobody hears this')).toBeUndefined()
})
