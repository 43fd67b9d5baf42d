import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHostPort } from '../../src/config/host-port.ts'
import { endpointName } from '../../src/model/endpoint.ts'

describe('a host', () => {
  test.each<[string, { readonly host: string; readonly port?: number }]>([
    ['node-01', { host: 'node-01' }],
    ['Node-01.Example.COM:22', { host: 'node-01.example.com', port: 22 }],
    ['node-01.example.com.', { host: 'node-01.example.com' }],
    ['node-01.:22', { host: 'node-01', port: 22 }],
    ['_srv.example', { host: '_srv.example' }],
    ['10.0.0.1', { host: '10.0.0.1' }],
    ['10.0.0.1:65535', { host: '10.0.0.1', port: 65_535 }],
    ['4nodes', { host: '4nodes' }],
    ['104.example', { host: '104.example' }],
    ['::1', { host: '::1' }],
    ['0:0:0:0:0:0:0:1', { host: '::1' }],
    ['[::1]', { host: '::1' }],
    ['[FE80::0001]:22', { host: 'fe80::1', port: 22 }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0' }],
    ['[fe80::1%Eth0]:22', { host: 'fe80::1%Eth0', port: 22 }],
  ])('%s is read, in one spelling', (word, read) => {
    expect(readHostPort(word)).toEqual(read)
  })

  test.each([
    ['104', '"104" is no host: a name or an address is needed; --from-inventory knows the addresses of servers'],
    ['010.0.0.1', '"010.0.0.1" is no host: a name or an address is needed; --from-inventory knows the addresses of servers'],
    ['10.0.0.256', '"10.0.0.256" is no host: a name or an address is needed; --from-inventory knows the addresses of servers'],
    ['0x7f000001', '"0x7f000001" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)'],
    ['10.0.0.0/24', '"10.0.0.0/24" is a network: write its hosts as a range, such as 10.0.0.[1-254]'],
    ['https://node-01/', '"https://node-01/" is a URL: name the host and the port, such as node-01:443'],
    ['node-01:', '"node-01:": expected a port from 1 to 65535 behind the colon, got ""'],
    ['node-01:0', '"node-01:0": expected a port from 1 to 65535 behind the colon, got "0"'],
    ['node-01:65536', '"node-01:65536": expected a port from 1 to 65535 behind the colon, got "65536"'],
    ['node-01:ssh', '"node-01:ssh": expected a port from 1 to 65535 behind the colon, got "ssh"'],
    ['[::1', '"[::1" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)'],
    ['[node-01]:22', '"[node-01]:22" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)'],
    ['::g', '"::g" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)'],
    ['-oProxyCommand', '"-oProxyCommand" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)'],
    ['\u001b[31mred', String.raw`"\u001b[31mred" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port)`],
  ])('%s is none, and told why', (word, problem) => {
    expect(readHostPort(word)).toBe(problem)
  })

  test('is the same when it is read as it is shown', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain())
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (given, port) => {
        const read = readHostPort(given)
        if (typeof read === 'string') throw new Error(read)
        expect(readHostPort(endpointName({ ...read, port }))).toEqual({ ...read, port })
      }),
    )
  })
})
