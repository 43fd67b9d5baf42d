import { expect, test } from 'vitest'
import { checkConfiguration } from '../../../src/cli/doctor/configuration.ts'
import type { Configured } from '../../../src/config/configure.ts'
import { planFor } from '../../fixtures/rehearsal.ts'

const configured = (servers: number, notes: readonly string[] = []): Configured => ({
  plan: planFor(servers, { concurrency: 15, os: 'debian-12', thresholds: [{ metric: 'score', min: 50 }] }), out: '/out', replace: false, force: false, dryRun: false, order: 'given', progress: 'auto', notes,
})

test('one that can be taken is told in few words, and what may not be meant besides', () => {
  expect(checkConfiguration({ is: 'settled', configured: configured(2) })).toEqual([{ status: 'ok', what: 'configuration', finding: '2 servers, 15 at a time, debian-12, 1 threshold' }])
  expect(checkConfiguration({ is: 'settled', configured: { ...configured(1, ['1 duplicate ID dropped']), plan: { ...configured(1).plan, servers: [] } } })).toEqual([
    { status: 'ok', what: 'configuration', finding: 'no servers named, 15 at a time, debian-12, 1 threshold' },
    { status: 'warn', what: 'configuration', finding: '1 duplicate ID dropped', todo: 'nothing, if that is what you mean; otherwise say so by flags or in the configuration' },
  ])
})

test('every problem of one that cannot be taken is a finding', () => {
  const found = checkConfiguration({ is: 'refused', problems: ['--grace: expected a duration', '--os: expected a text'] })
  expect(found.map(({ status, finding }) => [status, finding])).toEqual([['fail', '--grace: expected a duration'], ['fail', '--os: expected a text']])
})
