import { expect, test } from 'vitest'
import { hideSecrets } from '../../src/config/hide.ts'

test.each<[string, unknown, unknown]>([
  ['what goes by the name of a secret', { token: 'abc', apiKey: 12, Password: ['a', 'b'], auth: { user: 'u', password: 'p' } }, { token: '***', apiKey: '***', Password: ['***', '***'], auth: { user: '***', password: '***' } }],
  ['what stands behind an option of that name', ['login', '--password', 'abc', '--api-key=def', '--user', 'u'], ['login', '--password', '***', '--api-key=***', '--user', 'u']],
  ['the user of an address', { url: 'https://u:p@rack.example.com/api' }, { url: 'https://***@rack.example.com/api' }],
  ['other names of secrets', { passwd: 'a', passphrase: 'b', db_pwd: 'c', bearer: 'd', credentials: { x: 'e' } }, { passwd: '***', passphrase: '***', db_pwd: '***', bearer: '***', credentials: { x: '***' } }],
  ['what has such a name in an address', { url: 'https://rack/x?a=1&token=abc&b=2' }, { url: 'https://rack/x?a=1&token=***&b=2' }],
  ['what has such a name in a word', ['-H', 'X-Api-Key: abc', '--header=Authorization: Token abc', 'PASSWORD=abc', "curl -H 'X-Auth: a b' {id}"], ['-H', 'X-Api-Key: ***', '--header=Authorization: ***', 'PASSWORD=***', "curl -H 'X-Auth: ***' {id}"]],
  ['a header in a text', { headers: 'Authorization: Bearer abc.def' }, { headers: 'Authorization: Bearer ***' }],
  ['a private key', { ca: '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n' }, { ca: '***\n' }],
  ['a value of the environment that is known to be secret, the longest first', { note: 'it is open-sesame-now' }, { note: 'it is ***' }],
])('hides %s', (_, settings, shown) => {
  expect(hideSecrets({ s: settings } as never, ['open-sesame', 'open-sesame-now'])).toEqual({ s: shown })
})

test('leaves what tells nothing: ${NAME}, yes and no, nothing, and words that are no secrets', () => {
  const settings = {
    token: '${TOKEN}', cookie: 'a=${COOKIE}', password: '', secret: null, useAuth: true, url: 'https://${USER}:${PASS}@rack', header: 'Bearer ${TOKEN}',
    install: ['./install.sh', '--token', '${TOKEN}', '{id}', '-v'], authorization: 'Authorization: Token ${TOKEN}', certificate: '-----BEGIN CERTIFICATE-----', count: 5, at: 'a@b.c',
  }
  expect(hideSecrets(settings, [])).toEqual(settings)
})
