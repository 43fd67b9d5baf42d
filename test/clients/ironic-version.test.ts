import { expect, test } from 'vitest'
import { ironicRootSchema, settleVersion } from '../../src/clients/ironic-version.ts'

const settle = (min: string, max: string): number | string => {
  try {
    return settleVersion(ironicRootSchema.parse({ default_version: { min_version: min, version: max } }), 'http://rack:6385')
  } catch (error) {
    return (error as Error).message
  }
}

test('the highest microversion that both speak is taken', () => {
  expect([settle('1.1', '1.72'), settle('1.1', '1.80'), settle('1.1', '1.82'), settle('1.1', '1.104')]).toEqual([72, 80, 82, 82])
})

test('an Ironic that is too old, or has left the old versions behind, is refused in words', () => {
  expect([settle('1.1', '1.71'), settle('1.90', '1.104')]).toEqual([
    'Ironic at http://rack:6385 speaks API 1.1 to 1.71, and rackbench 1.72 to 1.82',
    'Ironic at http://rack:6385 speaks API 1.90 to 1.104, and rackbench 1.72 to 1.82',
  ])
})

test.each(['2.0', '1', '1.', '1.8a', '1.123456', ''])('%j is no microversion', (text) => {
  expect(ironicRootSchema.safeParse({ default_version: { min_version: '1.1', version: text } }).success).toBe(false)
})
