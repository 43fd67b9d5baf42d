import { describe, expect, test } from 'vitest'
import { cutOf, refusalOf } from '../../src/benchmarks/ssh-said.ts'

const exited = (code: number) => ({ is: 'exited', code }) as const

function refusal(stderr: readonly string[], { code = 255, stdout = [] as readonly string[], isProxied = false, tooLong = false } = {}) {
  return refusalOf({ end: exited(code), stdout, stderr, tooLong }, isProxied)
}

describe('what ssh says when it lets nobody in', () => {
  test.each([
    ['refused', 'bench@10.0.0.1: Permission denied (publickey).'],
    ['refused', 'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures'],
    ['refused', 'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-dss'],
    ['host key', 'No ED25519 host key is known for 10.0.0.1 and you have requested strict checking.'],
    ['host key', 'Host key verification failed.'],
    ['name', 'ssh: Could not resolve hostname rack-104: Name or service not known'],
    ['way', 'ssh: connect to host 10.0.0.1 port 22: Network is unreachable'],
    ['away', 'ssh: connect to host 10.0.0.1 port 22: No route to host'],
    ['away', 'Connection closed by 10.0.0.1 port 22'],
    ['away', 'Connection timed out during banner exchange'],
    ['away', 'kex_exchange_identification: read: Connection reset by peer'],
    ['away', 'Received disconnect from 10.0.0.1 port 22:11: bad configuration option'],
  ])('means "%s": %s', (is, said) => {
    expect(refusal([said, ''])).toEqual({ is, said })
  })

  test('names what is wrong with the private key, of which the server cannot tell', () => {
    const said = ['Permissions 0644 for \'/k\' are too open.', 'Load key "/k": bad permissions', 'bench@10.0.0.1: Permission denied (publickey).']
    expect(refusal(said)).toEqual({ is: 'refused', said: 'bench@10.0.0.1: Permission denied (publickey). (Load key "/k": bad permissions)' })
  })

  test('over a jump host tells whether that is away, or what is behind it', () => {
    const unknown = 'Connection closed by UNKNOWN port 65535'
    const refused = 'ssh: connect to host jump port 22: Connection refused'
    expect(refusal([refused, 'kex_exchange_identification: Connection closed by remote host', unknown], { isProxied: true })).toEqual({ is: 'way', said: refused })
    expect(refusal(['channel 0: open failed: connect failed: No route to host', 'stdio forwarding failed', unknown], { isProxied: true })).toEqual({ is: 'away', said: 'channel 0: open failed: connect failed: No route to host' })
    expect(refusal(['proxy: my ticket is out of date', unknown], { isProxied: true })).toEqual({ is: 'way', said: 'proxy: my ticket is out of date' })
    expect(refusal([], { isProxied: true, tooLong: true })).toEqual({ is: 'way', said: 'the login does not come to an end' })
  })

  test('without a word, or in words that nobody knows, condemns no server', () => {
    expect(refusal(['the moon is in the way'])).toEqual({ is: 'way', said: 'the moon is in the way' })
    expect(refusal([])).toEqual({ is: 'way', said: 'ssh did not say why' })
    expect(refusalOf({ end: { is: 'killed', signal: 'SIGTERM' }, stdout: [], stderr: [], tooLong: false }, false)).toEqual({ is: 'way', said: 'ssh did not say why' })
  })

  test('tells of a login that ends in no shell, and of an ssh that is not there', () => {
    expect(refusal([], { code: 1, stdout: ['This account is currently not available.'] })).toEqual({ is: 'refused', said: 'the login works, but no shell: This account is currently not available.' })
    expect(refusalOf({ end: { is: 'not started', error: Object.assign(new Error('spawn ssh ENOENT'), { code: 'ENOENT' }) }, stdout: [], stderr: [], tooLong: false }, false)).toEqual({ is: 'setup', said: 'cannot run ssh: ENOENT' })
  })
})

test('an ssh that has lost its connection says so, and one that was ended does not', () => {
  expect(cutOf('\u001b[1mTimeout, server 10.0.0.1 not responding.\r')).toBe('Timeout, server 10.0.0.1 not responding.')
  expect(cutOf('client_loop: send disconnect: Broken pipe')).toBe('client_loop: send disconnect: Broken pipe')
  expect(cutOf('fio: working on it')).toBeUndefined()
})
