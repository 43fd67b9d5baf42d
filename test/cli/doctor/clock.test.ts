import { describe, expect, test } from 'vitest'
import { checkClock } from '../../../src/cli/doctor/clock.ts'

const noon = Date.parse('2026-11-21T12:00:00.000Z')
const origin = 'http://rack'
const heardAt = (date: number, at: number) => [{ origin, date, at }]
const told = (...args: Parameters<typeof checkClock>): string[] => checkClock(...args).map(({ status, finding }) => `${status} ${finding}`)
const still = (now: number) => ({ began: { now, elapsed: 5 }, ended: { now, elapsed: 5 } })

describe('the clock', () => {
  test('that nobody contradicts is told', () => {
    expect(told({ ...still(noon), heard: [] })).toEqual(['ok 2026-11-21T12:00:00.000Z'])
  })

  test.each<[string, number, string]>([
    ['as the provisioner says', 0, 'ok 2026-11-21T12:00:00.000Z, as http://rack says too'],
    ['a minute ahead', 60_000, 'ok 2026-11-21T12:00:00.000Z, as http://rack says too'],
    ['more than a minute ahead', 61_000, 'warn it is 61 s ahead of that of http://rack'],
    ['more than a minute behind', -61_000, 'warn it is 61 s behind that of http://rack'],
    ['half an hour behind', -1_800_000, 'warn it is 30 min behind that of http://rack'],
    ['a day ahead', 86_400_000, 'warn it is 24 h ahead of that of http://rack'],
  ])('%s', (_what, skew, finding) => {
    expect(told({ ...still(noon), heard: heardAt(noon - skew, noon) })).toEqual([finding])
  })

  test.each([['1970-01-01T00:00:07.000Z'], ['2025-12-31T23:59:59.000Z'], ['2100-01-01T00:00:00.000Z']])('that says %s is wrong', (shown) => {
    expect(told({ ...still(Date.parse(shown)), heard: [] })).toEqual([`fail it is ${shown}, says this machine`])
  })

  test.each([
    [3000, 1000, 'warn it was set 2 s forward while rackbench looked'],
    [-9000, 1000, 'warn it was set 10 s back while rackbench looked'],
    [1900, 1000, 'ok 2026-11-21T12:00:01.900Z'],
  ])('that goes %d ms in %d ms', (wall, elapsed, finding) => {
    expect(told({ began: { now: noon, elapsed: 0 }, ended: { now: noon + wall, elapsed }, heard: [] })).toEqual([finding])
  })

  test('is compared with each that answered, as it answered last', () => {
    const heard = [...heardAt(noon - 90_000, noon), ...heardAt(noon, noon), { origin: 'http://other', date: noon + 90_000, at: noon }]
    expect(told({ ...still(noon), heard })).toEqual(['warn it is 90 s behind that of http://other'])
  })
})
