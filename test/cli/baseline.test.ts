import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { test } from '../fixtures/cli.ts'
import { resultsOf } from '../fixtures/results.ts'

const scores = (model: string, first: number, ...values: readonly number[]) => values.map((score, index) => ({ id: String(first + index), labels: { model }, metrics: { score } }))
const past = (...args: Parameters<typeof resultsOf>): string => JSON.stringify(resultsOf(...args))

const rack = `
defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }
servers:
${[80, 81, 79, 80, 82, 30].map((score, index) => `  "${101 + index}": { labels: { model: R640 }, benchmark: { metrics: { score: ${score}, latency: 5 } } }`).join('\n')}
`

test.concurrent('rules that are made from a run are a configuration, by which the servers that they were made from pass and the outlier does not', async ({ place }) => {
  await place.write('rack.yaml', rack)
  const options = ['101-106', '--simulation', 'rack.yaml', '--progress', 'none']
  await place.run(['run', ...options, '--threshold', '10'])
  const made = await place.run(['baseline', 'rackbench-out', '--margin', '4%'])
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(parse(made.stdout)).toEqual({
    thresholds: [{ metric: 'score', where: { model: 'R640' }, reference: 80, lower: '-4%' }, { metric: 'latency', where: { model: 'R640' }, min: 4.8, max: 5.2 }],
  })
  const comments = made.stdout.split('\n').filter((line) => line.includes('#'))
  expect(comments).toEqual([
    '# made by `rackbench baseline` with a margin of 4%, from:',
    expect.stringMatching(/^# {3}rackbench-out\/?.*: run \S+ of \S+, 6 servers measured$/) as string,
    '  # model R640: 6 servers, median 80, MAD 1, 1 trimmed, the others within 1.3%',
    '  # model R640: 6 servers, median 5, MAD 0, 0 trimmed, the others within 0%, which direction is better is not known: remove the bound that does not matter',
  ])
  await place.write('thresholds.yaml', made.stdout)
  const again = await place.run(['run', ...options, '--config', 'thresholds.yaml', '--out', 'again'])
  expect(again.code).toBe(1)
  expect(await place.read('again/failed-servers.txt')).toBe('106\n')
})

test.concurrent('what is in several files counts once, by the labels that are asked for, and what is too few is told', async ({ place }) => {
  const kinds = { metrics: { latency: { better: 'lower' as const, unit: 'ms' } } }
  const latencies = (value: number) => Array.from({ length: 5 }, (_, index) => ({ id: `n${index}`, labels: { model: 'R740', rack: 'b12' }, metrics: { latency: value } }))
  await place.write('1.json', past([...scores('R640', 101, 80, 80, 80, 80, 80), { id: '999' }], kinds))
  await place.write('2.json', past([...scores('R640', 101, 60, 60, 60, 60, 60), ...latencies(4)], kinds))
  await place.write('3.json', past(scores('R640', 101, 90, 90, 90, 90)))
  const [made, byRack] = await Promise.all([place.run(['baseline', '1.json', '2.json', '3.json', '--format=json']), place.run(['baseline', '1.json', '2.json', '--by', 'model,rack', '--by', 'model', '--format=json'])])
  expect(JSON.parse(made.stdout)).toEqual({
    thresholds: [{ metric: 'score', where: { model: 'R640' }, reference: 80, lower: '-5%' }, { metric: 'latency', where: { model: 'R740' }, reference: 4, upper: '+5%', unit: 'ms' }],
  })
  expect(JSON.parse(byRack.stdout)).toEqual({ thresholds: [{ metric: 'latency', where: { model: 'R740', rack: 'b12' }, reference: 4, upper: '+5%', unit: 'ms' }] })
  expect(byRack.stderr).toBe('rackbench: left out: 5 servers without the label model or the label rack\n')
})

test.concurrent('where no rule can be made, nothing is printed, and the exit code says so', async ({ place }) => {
  await place.write('few.json', past(scores('R640', 101, 80, 80, 80, 80)))
  expect(await place.run(['baseline', 'few.json'])).toEqual({ code: 3, signal: null, stdout: '', stderr: 'rackbench: left out: model R640: fewer than 5 servers: score (4)\nrackbench: no rule could be made: no group is large enough\n' })
  await place.write('none.json', past([{ id: '101' }]))
  expect(await place.run(['baseline', 'none.json'])).toEqual({ code: 3, signal: null, stdout: '', stderr: 'rackbench: no rule could be made: no server was measured\n' })
})

test.concurrent('texts of others stay texts', async ({ place }) => {
  const model = 'a "b": #\u001b[31m\n- x'
  await place.write('odd.json', past(Array.from({ length: 5 }, (_, index) => ({ id: `n${index}`, labels: { model }, metrics: { 'a: [\u0085': 5, score: 1 } }))))
  const { stdout, code } = await place.run(['baseline', 'odd.json'])
  expect(code).toBe(0)
  expect(parse(stdout)).toEqual({ thresholds: [{ metric: 'a: [\u0085', where: { model }, min: 4.75, max: 5.25 }, { metric: 'score', where: { model }, reference: 1, lower: '-5%' }] })
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})

describe('what cannot be taken is told, each in one line:', () => {
  test.concurrent.for<[string, readonly string[], readonly string[]]>([
    ['no run, and bad options', ['--margin', '5', '--by', 'a,,b', '--format', 'toml'], [
      'baseline: from which runs? `rackbench baseline rackbench-out/results.json`, say',
      '--margin: expected a share from 0% to 100%, like 5%, got "5"',
      '--by: expected names of labels, like model or model,rack, got "a,,b"',
      '--format: expected yaml | json, got "toml"',
    ]],
    ['files that are none of ours, and one that is newer', ['no.json', 'text', 'foreign.json', 'newer.json', 'empty'], [
      'no.json: no such file',
      'text: is not JSON, or is cut short',
      'foreign.json: is not a results.json of rackbench: schemaVersion: expected 1, but it is missing',
      'newer.json: was written by a newer rackbench (schemaVersion 2; this one reads 1)',
      'empty/results.json: no such file',
    ]],
  ])('%s', async ([, args, told], { place }) => {
    await place.write('text', 'not json')
    await place.write('foreign.json', '{"a": 1}')
    await place.write('newer.json', '{"schemaVersion": 2}')
    await place.write('empty/run.log', '')
    expect(await place.run(['baseline', ...args])).toEqual({ code: 2, signal: null, stdout: '', stderr: told.map((line) => `rackbench: ${line}\n`).join('') })
  })
})
