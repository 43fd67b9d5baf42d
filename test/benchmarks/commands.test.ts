import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { commandsSchema, metricKindsOf, readCommands } from '../../src/benchmarks/commands.ts'
import { jsonSchemaOf } from '../../src/model/json-schema.ts'
import { describeIssues } from '../../src/model/problem.ts'

const own = { name: 'raid', run: 'storcli', parse: { json: { rate: '/rate' } } }

const good: unknown[][] = [
  ['cpu', 'memory', 'disk', 'stress'],
  [{ profile: 'disk' }, { profile: 'disk', name: 'nvme', device: '/dev/nvme0n1', tests: ['randread', 'read'] }],
  [{ profile: 'network', peer: 'fe80::1%eth0', wait: '30m' }, { profile: 'cpu', repeat: 3, maxSpread: '5%', silence: '1h', repeatable: false }],
  [own, { ...own, name: 'b', parse: 'lines', metrics: { any: { unit: 's' } } }, { ...own, name: 'c', parse: 'nothing' }, { ...own, name: 'd', parse: { regex: '(?<x>\\d+)' }, metrics: { x: { better: 'lower' } } }],
]

const wrong: [unknown, string[]][] = [
  ['cpu', ['commands: expected an array, got "cpu"']],
  [[], ['commands: Too small: expected array to have >=1 items, got []']],
  [['cpuu', 7], ['commands[0].profile: expected cpu | memory | disk | stress | network, got "cpuu"', 'commands[1]: expected a profile, or a command of your own: {name, run, parse}, got 7']],
  [['network'], ['commands[0].peer: expected a string, got "network"']],
  [[{ profile: 'network', peer: '-s' }], ['commands[0].peer: expected a host name or an address, got "-s"']],
  [[{ profile: 'cpu', secs: 1, seconds: 0 }], ['commands[0].seconds: Too small: expected number to be >=1, got 0', 'commands[0]: unknown key "secs"']],
  [[{ profile: 'disk', device: '/dev/sda', tests: ['read', 'write'], size: '1g' }], ['commands[0].size: is of a scratch file, and there is a device: keep one of them, got "1g"', 'commands[0].tests[1]: writes, and a device is only read: leave the device out, got "write"']],
  [[{ profile: 'disk', device: '/dev/../etc/passwd' }], ['commands[0].device: expected the path of a device, such as /dev/nvme0n1, got "/dev/../etc/passwd"']],
  [[{ profile: 'disk', directory: 'tmp', size: '1t' }], ['commands[0].directory: expected an absolute path without a colon, got "tmp"', 'commands[0].size: expected a size such as 512m or 4g, got "1t"']],
  [['cpu', { profile: 'memory', name: 'cpu' }], ['commands[1].name: is the name of command [0], too: give one of them another name than cpu, got "cpu"']],
  [[{ profile: 'cpu', maxSpread: '5%' }], ['commands[0].maxSpread: needs runs that can lie apart: write repeat: 3 beside it, got "5%"']],
  [[{ profile: 'cpu', repeat: 3, maxSpread: 0.05, silence: '15' }], ['commands[0].maxSpread: expected a share such as 5%, got 0.05', 'commands[0].silence: expected a duration from 1s to 1d, such as 15m, got "15"']],
  [[{ name: 'a b' }], ['commands[0].name: is no name: take a letter, then up to 39 letters, digits, _ and -, got "a b"', 'commands[0].run: expected a string, but it is missing', 'commands[0].parse: expected {json: ...}, {regex: ...}, lines or nothing, but it is missing']],
  [[{ ...own, parse: 'line' }], ['commands[0].parse: expected lines | nothing, got "line"']],
  [[{ ...own, parse: { json: { 'a b': '/a', b: 'b' }, lines: true } }], ['commands[0].parse.json.a b: is no name of a metric: take up to 80 letters, digits, _ . : and -', 'commands[0].parse.json.b: expected a JSON pointer such as /jobs/0/read/iops, got "b"', 'commands[0].parse: unknown key "lines"']],
  [[{ ...own, parse: { json: {} } }], ['commands[0].parse.json: expected a metric and its pointer, got {}']],
  [[{ ...own, parse: { json: { 'a.spread_percent': '/a' } } }], ['commands[0].parse.json.a.spread_percent: is no name of a metric: .spread_percent tells how far its runs lie apart']],
  [[{ ...own, parse: { regex: '(\\d+)' } }], [String.raw`commands[0].parse.regex[0]: has no named group: write (?<metric>[\d.]+) where the number stands, got "(\\d+)"`]],
  [[{ ...own, parse: { regex: '(?<a>' } }], ['commands[0].parse.regex[0]: is no regular expression: Invalid regular expression: /(?<a>/gm: Unterminated group, got "(?<a>"']],
  [[{ ...own, parse: { regex: ['(?<a>x)', '(?<a>y)'] } }], ['commands[0].parse.regex: yields a twice, got ["(?<a>x)","(?<a>y)"]']],
  [[{ ...own, metrics: { speed: { unit: 'x' }, rate: { better: 'more' } } }], ['commands[0].metrics.rate.better: expected higher | lower, got "more"']],
  [[{ ...own, metrics: { speed: { unit: 'x' } } }], ['commands[0].metrics.speed: is not measured: parse yields rate, got {"unit":"x"}']],
  [[{ ...own, run: ' \n', require: ['a b'] }], ['commands[0].run: expected a script for /bin/sh, got " \\n"', 'commands[0].require[0]: is no name of a program, got "a b"']],
]

test.each(wrong)('of %j every problem is told, at its path', (commands, lines) => {
  const read = z.object({ commands: commandsSchema }).safeParse({ commands })
  expect(read.success ? [] : describeIssues(read.error, { commands })).toEqual(lines)
})

test.each(good)('what may be written is taken, also by its JSON Schema: %j', (...commands) => {
  const valid = new Ajv2020({ strict: false }).compile(jsonSchemaOf(commandsSchema))
  expect([commandsSchema.safeParse(commands).success, valid(commands)]).toEqual([true, true])
})

test('the JSON Schema refuses what is misspelt', () => {
  const valid = new Ajv2020({ strict: false }).compile(jsonSchemaOf(commandsSchema))
  expect([['cpuu'], [{ profile: 'cpu', secs: 1 }], [{ name: 'a', run: 'x' }], [{ ...own, parse: 'line' }], []].map((commands) => valid(commands))).toEqual([false, false, false, false, false])
})

test('a command that says nothing of silence may be silent as long as all may, and as its measuring takes', () => {
  const read = readCommands(commandsSchema.parse(['cpu', { ...own, silence: '2m' }, { ...own, name: 'b' }]), 60_000)
  expect(read.map(({ name, silenceMs }) => [name, silenceMs])).toEqual([['cpu', 90_000], ['raid', 120_000], ['b', 60_000]])
})

test('the kinds of all metrics are known beforehand, those of spreads too', () => {
  const kinds = metricKindsOf(readCommands(commandsSchema.parse([{ profile: 'cpu', repeat: 3 }, own, { ...own, name: 'any', parse: 'lines' }])))
  expect(kinds).toEqual({
    'cpu.events_per_second': { unit: '1/s', better: 'higher' },
    'cpu.events_per_second.spread_percent': { unit: '%' },
    'cpu.p95_ms': { unit: 'ms', better: 'lower' },
    'cpu.p95_ms.spread_percent': { unit: '%' },
    'raid.rate': {},
  })
})
