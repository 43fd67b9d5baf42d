import { describe, expect, test } from 'vitest'
import { readHttpInventorySettings } from '../../src/inventory/http-settings.ts'
import { UsageError } from '../../src/model/problem.ts'

const list = 'https://fleet.example.com/servers'
const problemsOf = (settings: Readonly<Record<string, unknown>>): Promise<readonly string[]> =>
  readHttpInventorySettings(settings).then(() => [], (error: unknown) => (error instanceof UsageError ? error.problems : [`${error as Error}`]))

test('the least that is said is where the list is', async () => {
  expect(await readHttpInventorySettings({ list })).toEqual({
    list: new URL(list),
    item: undefined,
    concurrency: 20,
    headers: {},
    ca: undefined,
    requestLimitMs: 30_000,
    retries: 4,
    fields: { ids: [{ list: '', idAt: '/id' }], id: '/id', address: [], labels: undefined },
    next: undefined,
    cursor: 'cursor',
    secrets: [],
  })
})

test('list and item may begin at the address of the service', async () => {
  const { list: first, item } = await readHttpInventorySettings({ url: 'https://fleet.example.com/api/', list: '/servers?all=1', item: 'servers/{id}/facts?id={id}' })
  expect([first.href, item?.origin, item?.path('a/b')]).toEqual(['https://fleet.example.com/api/servers?all=1', 'https://fleet.example.com', '/api/servers/a%2Fb/facts?id=a%2Fb'])
})

test('secrets are what is sent to be let in', async () => {
  const { secrets } = await readHttpInventorySettings({ list, auth: { type: 'http_basic', user: 'jenkins', password: 'hunter2' }, headers: { 'x-api-key': 'abcdefg' } })
  expect(secrets).toEqual(['hunter2', `Basic ${Buffer.from('jenkins:hunter2').toString('base64')}`, 'abcdefg'])
})

describe('a line tells of', () => {
  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['no list', {}, ['list: expected the address that lists the servers, but it is missing']],
    ['no service of a preset', { preset: 'netbox' }, ['url: expected the address of the service, but it is missing']],
    ['a list without a service', { list: '/servers' }, ['list: expected an address such as https://fleet.example.com/servers']],
    ['another protocol', { list: 'ftp://fleet/servers' }, ['list: expected an address such as https://fleet.example.com/servers']],
    ['a password in an address', { list: 'https://me:hunter2@fleet/servers' }, ['list: has a password in it: use token, auth or a header']],
    ['an item without an ID', { list, item: 'https://fleet.example.com/server' }, ['item: expected {id} where the ID belongs, such as https://fleet.example.com/servers/{id}']],
    ['an ID in the name of the host', { list, item: 'https://{id}.example.com/' }, ['item: {id} must not stand in the name of the host']],
    ['what is no pointer', { list, address: 'ip', ids: 'servers' }, ['ids: expected a JSON pointer such as /servers, or /servers/*/name, got "servers"', 'address: expected a JSON pointer such as /network/ip, got "ip"']],
    ['an unknown key', { list, tokn: 'x' }, ['unknown key "tokn"']],
    ['two ways to be let in', { list, token: 'hunter2-hunter2', headers: { Authorization: 'x' } }, ['token and a header of that name are both sent as Authorization: keep one of them']],
    ['a token with a line break', { list, token: 'hunter2\nhunter2' }, ['token: is empty, or has blanks or control characters in it']],
    ['a header of ours', { list, headers: { Host: 'x' } }, ['headers: "Host" is set by rackbench itself']],
    ['a header that is none', { list, headers: { 'a b': 'x', c: 'x\n' } }, ['headers: "a b" is no name of a header', 'headers: the value of "c" has characters in it that no header may have']],
    ['too many calls at once', { list, concurrency: 1000 }, ['concurrency: Too big: expected number to be <=200, got 1000']],
    ['what is too short for a limit', { list, requestTimeout: '1ms' }, ['requestTimeout: expected a duration from 100ms to 10m, such as 30s, got "1ms"']],
  ])('%s', async (_, settings, problems) => {
    expect(await problemsOf(settings)).toEqual(problems.map((problem) => `inventory: http: ${problem}`))
  })

  test('no secret', async () => {
    const told = await problemsOf({ token: ['hunter2-hunter2'], auth: { type: 'none', password: 'hunter2-hunter2' }, headers: 'hunter2-hunter2', ca: 7, list: 'https://a:hunter2-hunter2@x/?key=hunter2-hunter2', concurrency: 0 })
    expect(told.length).toBeGreaterThan(3)
    expect(told.join('\n')).not.toContain('hunter2')
  })
})
