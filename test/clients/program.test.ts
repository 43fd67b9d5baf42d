import { join } from 'node:path'
import { expect, test } from 'vitest'
import { whyNotRunnable } from '../../src/clients/program.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const path = `/nowhere::${process.env['PATH'] ?? ''}`

test.each([
  ['./scripts/hang.sh', undefined],
  [join(fixtures, 'scripts/hang.sh'), undefined],
  ['scripts/hang.sh', undefined],
  ['sh', undefined],
  ['./scripts/none.sh', 'ENOENT'],
  ['./scripts', 'EACCES'],
  ['./shell.ts', 'EACCES'],
  ['./shell.ts/x', 'ENOTDIR'],
  ['hang.sh', 'ENOENT'],
])('%s can be run, or not: %s', async (file, why) => {
  expect(await whyNotRunnable(file, { directory: fixtures, path })).toBe(why)
})

test('without a PATH nothing is found by its name', async () => {
  expect(await whyNotRunnable('sh', { directory: fixtures, path: undefined })).toBe('ENOENT')
})
