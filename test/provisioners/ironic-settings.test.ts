import { expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { readIronicSettings } from '../../src/provisioners/ironic-settings.ts'
import { ironicPolicy } from '../fixtures/ironic-policy.ts'

const url = 'https://ironic.example.com:6385'

test('an address is all that ironic needs', async () => {
  expect(await readIronicSettings({ url })).toEqual({ url: new URL(url), auth: { type: 'none' }, ca: undefined, maxInFlight: undefined, requestLimitMs: undefined, policy: ironicPolicy() })
})

test('what is written is what is asked for', async () => {
  const deploy = { instanceInfo: { image_source: 'http://images/{os}' }, configDrive: 'H4sI', steps: [{ step: 'x' }] }
  const facts = { site: '/extra/a~1b' }
  expect(await readIronicSettings({ url, auth: { type: 'http_basic', user: 'u', password: 'hunter2' }, deploy, facts, reserve: false, includeBroken: true, takeInstalled: true, maxInFlight: 3, requestTimeout: '5s', address: '/extra/ip' })).toEqual({
    url: new URL(url), auth: { type: 'http_basic', username: 'u', password: 'hunter2' }, ca: undefined, maxInFlight: 3, requestLimitMs: 5000,
    policy: { deploy, facts, reserve: false, includeBroken: true, takeInstalled: true, address: '/extra/ip' },
  })
})

test('what is wrong is told at once, without a secret', async () => {
  const problemsOf = async (settings: object): Promise<readonly string[]> => readIronicSettings(settings as Record<string, unknown>).then(() => [], (error: UsageError) => error.problems)
  expect(await problemsOf({ url: 'http://u:hunter2@rack/v1/' })).toEqual([
    'provisioner: ironic: url: has a password in it: write auth: {type: http_basic, user: ..., password: "${NAME}"}',
    'provisioner: ironic: url: leave /v1 out',
  ])
  const told = await problemsOf({ url: 'ftp://u:hunter2@rack', auth: { type: 'token', token: 'hunter2 hunter2' }, maxInFlight: 0, address: 'extra', microversion: '1.80', facts: { 'a b': '/x' } })
  expect([told.length, told.filter((line) => line.includes('hunter2')), told.filter((line) => line.includes('microversion') || line.includes('address: expected a JSON pointer'))]).toEqual([6, [], [
    'provisioner: ironic: address: expected a JSON pointer such as /extra/address, got "extra"',
    'provisioner: ironic: unknown key "microversion"',
  ]])
  await expect(readIronicSettings({ url, tls: { ca: 'ca.pem' } })).rejects.toEqual(new UsageError(['provisioner: ironic: tls.ca: expected certificates in PEM, or the absolute path of a file with them']))
})
