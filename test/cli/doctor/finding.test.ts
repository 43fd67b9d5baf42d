import { expect, test } from 'vitest'
import { about, cleaned, linesOf } from '../../../src/cli/doctor/finding.ts'
import { createCleaner } from '../../../src/run/clean.ts'

const { ok, warn, fail } = about('clock')

test('a finding is one line, and another beneath it says what to do', () => {
  expect([ok('it ticks'), warn('it is slow', 'wind it up'), fail('it stands', 'buy one')].flatMap(linesOf)).toEqual([
    'ok    clock: it ticks',
    'warn  clock: it is slow',
    '      wind it up',
    'fail  clock: it stands',
    '      buy one',
  ])
})

test('texts of others are cleaned in both', () => {
  const clean = createCleaner(['hunter2-hunter2'])
  const text = 'a\u001b[31mb\nc hunter2-hunter2'
  expect([cleaned(ok(text), clean), cleaned(fail(text, text), clean)]).toEqual([ok('ab c ***'), fail('ab c ***', 'ab c ***')])
})
