import { expect, test } from 'vitest'
import { commandOf, refusal } from '../../fixtures/one-command.ts'
import { recorded } from '../../fixtures/outputs.ts'

const network = { profile: 'network', peer: '10.0.0.1' }

test('network sends to a peer, and receives from it', () => {
  const { requires, script, metrics } = commandOf({ ...network, port: 5202, seconds: 3, streams: 2 })
  expect({ requires, metrics }).toEqual({
    requires: ['iperf3'],
    metrics: {
      'network.send.mbit_per_second': { unit: 'Mbit/s', better: 'higher' },
      'network.send.retransmits': { better: 'lower' },
      'network.receive.mbit_per_second': { unit: 'Mbit/s', better: 'higher' },
      'network.receive.retransmits': { better: 'lower' },
    },
  })
  expect(script).toContain('printed=$(iperf3 -J -c 10.0.0.1 -p 5202 -t 3 -P 2 --connect-timeout 10000 "$@" 2>&1)')
})

test('what iperf3 printed is read, each direction for itself', async () => {
  expect(commandOf(network).parse(await recorded('iperf3/both'))).toEqual({
    'network.send.mbit_per_second': 15_158.600160049074,
    'network.send.retransmits': 25,
    'network.receive.mbit_per_second': 11_901.310372098227,
    'network.receive.retransmits': 11,
  })
  expect(commandOf({ ...network, tests: ['send'] }).parse(await recorded('iperf3/one-stream'))).toEqual({ 'network.send.mbit_per_second': 14_498.49610187162, 'network.send.retransmits': 11 })
})

test.each([
  ['iperf3/refused', 'iperf3: unable to connect to server: Connection refused'],
  ['iperf3/no-such-name', 'iperf3: unable to connect to server: Name or service not known'],
  ['iperf3/busy', 'iperf3: the server is busy running a test. try again later'],
  ['iperf3/peer-dies', 'iperf3: unable to write to stream socket: Connection reset by peer'],
  ['iperf3/one-stream', 'iperf3 printed no JSON'],
  ['mbw/no-room', 'iperf3 ended with 1: Error allocating memory: Cannot allocate memory'],
])('%s is no measurement, though iperf3 ends with 0', async (name, message) => {
  const output = await recorded(name)
  expect(refusal(() => commandOf(network).parse(output))).toBe(`MeasurementError: ${message}`)
})

test('an end without sums, or one in which nothing was moved, is no measurement', () => {
  const parse = (document: unknown) => refusal(() => commandOf({ ...network, tests: ['send'] }).parse({ exitCode: 0, stdout: `=== send\n${JSON.stringify(document)}\n`, stderr: '' }))
  const nothing = { bits_per_second: 0 }
  expect([parse({ end: {} }), parse({ end: { sum_sent: nothing, sum_received: nothing } }), parse([])]).toEqual([
    'MeasurementError: iperf3 printed no end.sum_sent',
    'MeasurementError: iperf3 moved nothing',
    'MeasurementError: iperf3 printed no ',
  ])
})
