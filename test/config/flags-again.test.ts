import { expect, test } from 'vitest'
import { flagsAgain } from '../../src/config/flags-again.ts'

test('flags are kept as they were given, in one form', () => {
  expect(flagsAgain({ os: 'debian 12', 'mark-broken': false, simulation: './rack.yaml', suite: 'nightly', threshold: '-5', config: 'c.yaml', retries: undefined })).toEqual([
    '--os=debian 12',
    '--no-mark-broken',
    '--simulation=./rack.yaml',
    '--suite=nightly',
    '--threshold=-5',
    '--config=c.yaml',
  ])
  expect(flagsAgain({ 'mark-broken': true })).toEqual(['--mark-broken'])
})

test('what is about one invocation, or no setting, is left out', () => {
  expect(flagsAgain({ out: 'x', replace: true, force: true, 'dry-run': true, shard: '1/2', 'failed-in': 'r.json' })).toEqual([])
  expect(flagsAgain({ deadline: '3h', 'wipe-reserve': '1m', progress: 'none', $0: 'rackbench', maxBroken: '3' })).toEqual([])
})
