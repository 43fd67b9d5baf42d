import { expect, test } from 'vitest'
import { tableOf } from '../../../src/cli/history/table.ts'

test('where there is no room for all bars, the oldest are cut off', () => {
  const lines = tableOf(['WHAT', 'LAST', 'HISTORY'], [['score', '80', '_.-=+*#@_.-=+*#@']], { columns: 20, cut: '~' })
  expect(lines).toEqual(['WHAT   LAST  HISTORY', 'score  80    ~-=+*#@'])
})
