import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isServerId, serverIdSchema, serverSchema } from '../../src/model/server.ts'

test.each(['104', 'node-01', 'a', 'R2.d2_x', '0', 'A'.repeat(128)])('%s is a server ID', (id) => {
  expect([isServerId(id), serverIdSchema.safeParse(id).success]).toEqual([true, true])
})

test.each(['', '../../etc/passwd', '.', '..', '-rf', '_x', 'a/b', 'a b', 'a\n', 'a\nb', 'a\u0000', 'é', 'A'.repeat(129), 'a:b', '<a>'])('%j is no server ID', (id) => {
  expect([isServerId(id), serverIdSchema.safeParse(id).success]).toEqual([false, false])
})

test('the schema and the guard agree on every text', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,140}\n?$/))
  fc.assert(
    fc.property(text, (id) => {
      expect(serverIdSchema.safeParse(id).success).toBe(isServerId(id))
    }),
  )
})

test('a server has labels, and an address where it is known', () => {
  expect(serverSchema.parse({ id: '104', labels: { rack: 'r1' }, other: 1 })).toEqual({ id: '104', labels: { rack: 'r1' } })
  expect(serverSchema.safeParse({ id: '104', labels: { rack: 1 } }).success).toBe(false)
})
