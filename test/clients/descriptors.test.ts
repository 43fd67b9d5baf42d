import { expect, test } from 'vitest'
import { connectionsAtOnce, tooFewDescriptors } from '../../src/clients/descriptors.ts'

test.each([
  [1024, { limit: 20_000, open: 20 }, { count: 1024 }],
  [1024, { limit: 256, open: 20 }, { count: 200, note: '256 file descriptors allow 200 at a time instead of 1024: raise ulimit -n' }],
  [1024, { limit: 256, open: 124 }, { count: 100, note: '256 file descriptors allow 100 at a time instead of 1024: raise ulimit -n' }],
  [200, { limit: 256, open: 20 }, { count: 200 }],
  [2, { limit: 16, open: 15 }, { count: 1, note: '16 file descriptors allow 1 at a time instead of 2: raise ulimit -n' }],
  [1024, undefined, { count: 1024 }],
])('of %i connections at once, %o allow %o', (wanted, descriptors, allowed) => {
  expect(connectionsAtOnce(wanted, descriptors)).toEqual(allowed)
})

test('knows the limit of this process', () => {
  expect(connectionsAtOnce(1)).toEqual({ count: 1 })
})

const emfile = Object.assign(new Error("EMFILE: too many open files, open '/x'"), { code: 'EMFILE' })

test.each([
  [emfile, 4096, "too few file descriptors, 4096: raise ulimit -n (EMFILE: too many open files, open '/x')"],
  [emfile, undefined, "too few file descriptors: raise ulimit -n (EMFILE: too many open files, open '/x')"],
  [new Error('Cannot find package\nyargs'), 40, 'too few file descriptors, 40: raise ulimit -n (Cannot find package yargs)'],
  ['thrown', 40, 'too few file descriptors, 40: raise ulimit -n (thrown)'],
  [new Error('Cannot find package yargs'), 1024, undefined],
  [undefined, undefined, undefined],
])('of %o where %o may be open the user is told: %s', (error, limit, told) => {
  expect(tooFewDescriptors(error, limit)).toBe(told)
})
