import { expect, test } from 'vitest'
import { newRunId } from '../../src/run/run-id.ts'

const at = Date.parse('2026-11-21T10:00:00.123Z')

test('a run is named by its time, and no two of one moment by the same name', () => {
  const names = Array.from({ length: 1000 }, () => newRunId(at))
  expect(names.every((name) => /^20261121T100000Z-[0-9a-f]{8}$/.test(name))).toBe(true)
  expect(new Set(names).size).toBe(1000)
})

test('names sort by time', () => {
  expect(newRunId(at) < newRunId(at + 1000)).toBe(true)
})
