import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf } from '../../src/benchmarks/ssh-address.ts'
import { sshArguments } from '../../src/benchmarks/ssh-arguments.ts'
import { DefectError } from '../../src/model/fault.ts'
import type { Server } from '../../src/model/server.ts'
import { server } from '../fixtures/ssh-trial.ts'

describe('the address of a server', () => {
  test('is what the settings say, else what the install told, else what was known before', () => {
    const known: Server = { ...server, address: '10.0.0.1' }
    expect(addressOf(known, { address: '10.0.0.2', facts: { rack: 'r1' } }, '{id}.{label.rack}.{label.model}.lab')).toBe('104.r1.r640.lab')
    expect(addressOf(known, { address: 'fe80::1%eth0' }, undefined)).toBe('fe80::1%eth0')
    expect(addressOf(known, {}, undefined)).toBe('10.0.0.1')
  })

  test.each([
    [undefined, 'server 104 has no address: neither its install nor the inventory told one, and "address" of benchmark ssh is not set'],
    ['{label.rack}', 'server 104 has no label "rack", of which "address" of benchmark ssh is made'],
    ['{label.__proto__}', 'server 104 has no label "__proto__", of which "address" of benchmark ssh is made'],
    ['-oProxyCommand=reboot', 'server 104: "-oProxyCommand=reboot" is no address of a host'],
    ['a;reboot', 'server 104: "a;reboot" is no address of a host'],
    ['root@a', 'server 104: "root@a" is no address of a host'],
    ['a\nb', String.raw`server 104: "a\nb" is no address of a host`],
    ['', 'server 104: "" is no address of a host'],
  ])('that would be made of %j is none', (template, message) => {
    expect(() => addressOf(server, undefined, template)).toThrow(new DefectError(message))
  })

  test('never is an option, nor more than a word to a shell', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '1', '-', '.', ':', '%', ' ', ';', '$', '`', '\n', '/', '@') }), (text) => {
        try {
          expect(addressOf(server, { address: text }, undefined)).toMatch(/^[^-\s;$`/@][^\s;$`/@]*$/)
        } catch (error) {
          expect(error).toBeInstanceOf(DefectError)
        }
      }),
    )
  })
})

test('a key stands as one word in what ssh is started with, and the address behind all options', () => {
  const target = { user: 'bench', address: '10.0.0.1', port: 2222, identityFile: '/a b/50%', aliveSeconds: 120 }
  const words = sshArguments(target, ['StrictHostKeyChecking=yes'], ['true'], ['-G'])
  expect(words.slice(-13)).toEqual(['-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes', '-i', '/a b/50%%', '-p', '2222', '-l', 'bench', '--', '10.0.0.1', 'true'])
  expect(words).toContain('ServerAliveInterval=15')
  expect(words).toContain('BatchMode=yes')
})
