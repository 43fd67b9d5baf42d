import { describe, expect } from 'vitest'
import { test } from '../fixtures/cli.ts'
import { resultsOf } from '../fixtures/results.ts'

const config = `
thresholds:
  - { metric: score, min: 30 }
  - { metric: score, reference: 80, lower: -5%, where: { model: "R6*" } }
  - { metric: latency, max: 5, unit: ms, where: { rack: b12 }, severity: warn }
`
const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1)

describe('thresholds explain', () => {
  test.concurrent('tells which rule holds for a server with labels, and why no other does', async ({ place }) => {
    await place.write('rackbench.config.yaml', config)
    const { code, stdout, stderr } = await place.run(['thresholds', 'explain', '104', '--label', 'model=R640', '--label=rack=b12'])
    expect({ code, stderr, lines: linesOf(stdout) }).toEqual({
      code: 0,
      stderr: '',
      lines: [
        '104: model=R640 rack=b12',
        '  score: thresholds[1] holds: at least 76; about model=R6*, by the reference 80',
        '    not thresholds[0] (about every server): thresholds[1] is more specific',
        '  latency: thresholds[2] holds: at most 5 ms, only warns; about rack=b12',
      ],
    })
  })

  test.concurrent('knows labels and values of a past run, and its suspects', async ({ place }) => {
    await place.write('rackbench.config.yaml', config)
    const servers = [{ id: '104', labels: { model: 'R640' }, metrics: { score: 70 } }, { id: '105', labels: { rack: 'b12' }, metrics: { latency: 7 } }]
    const suspects = [{ server: '105', metric: 'latency', value: 7, median: 2, deviations: 9, group: null, servers: 12 }]
    await place.write('out/results.json', JSON.stringify({ ...resultsOf(servers), suspects }))
    const [text, json] = await Promise.all([[], ['--format=json', '105']].map((more) => place.run(['thresholds', 'explain', '--on', 'out', ...more])))
    expect(linesOf(text!.stdout)).toEqual([
      '104: model=R640',
      '  score: thresholds[1] holds: at least 76; about model=R6*, by the reference 80',
      '    70 fails, by 6',
      '    not thresholds[0] (about every server): thresholds[1] is more specific',
      '  latency: no rule holds',
      '    not thresholds[2] (about rack=b12): the server has no label rack',
      '105: rack=b12',
      '  score: thresholds[0] holds: at least 30; about every server',
      '    was not measured',
      '    not thresholds[1] (about model=R6*, by the reference 80): the server has no label model',
      '  latency: thresholds[2] holds: at most 5 ms, only warns; about rack=b12',
      '    7 ms warns, by 2 ms',
      '  suspect: latency 7 is 9 deviations above the median 2 of 12 servers',
    ])
    expect(JSON.parse(json!.stdout)).toMatchObject([{ server: '105', metrics: [{ outcome: 'was not measured' }, { value: 7, outcome: 'warns', finding: { by: 2 } }], suspects }])
  })

  test.concurrent('asks the provisioner for labels where nobody else tells them', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'simulation: { servers: { "104": { labels: { model: R640 } } } }\nthresholds: [{ metric: score, min: 30, where: { model: R640 } }]')
    const { stdout, stderr, code } = await place.run(['thresholds', 'explain', '104', '999'])
    expect({ code, lines: linesOf(stdout) }).toEqual({
      code: 0,
      lines: [
        '104: model=R640',
        '  score: thresholds[0] holds: at least 30; about model=R640',
        '999: no labels',
        '  score: no rule holds',
        '    not thresholds[0] (about model=R640): the server has no label model',
        '  no rule is about this server: it fails unmarked; add a rule for it, or say unmatched: pass',
      ],
    })
    expect(stderr).toBe('rackbench: 1 server not listed by simulated, and taken to have no labels: 999\n')
  })

  test.concurrent('says that labels may be missing that only an install finds out', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'simulation: { servers: { "104": { labels: { model: R640 } } } }\nthresholds: [{ metric: score, min: 30, where: { model: R740, os: "debian*" } }]')
    const { stderr, code } = await place.run(['thresholds', 'explain', '104'])
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'rackbench: no server listed by simulated has the label os, which rules ask for; if its install finds it out, give it with --label, or take a past run with --on\n',
    })
  })

  test.concurrent('says that a provisioner cannot tell labels', async ({ place }) => {
    await place.write('mine.mjs', 'export default { name: "mine", install() {}, benchmark: () => 1, destroy() {}, markAsBroken() {} }')
    const { stderr, code } = await place.run(['thresholds', 'explain', '104', '-p', './mine.mjs'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'rackbench: the provisioner mine cannot list its servers, and so their labels are not known: give them with --label\n' })
  })
})

describe('thresholds try', () => {
  const servers = [{ id: '104', labels: { model: 'R640' }, metrics: { score: 60 } }, { id: '105', metrics: { score: 60 } }, { id: '106', metrics: { latency: 1 } }, { id: '107' }]
  const violations = [{ metric: 'score', value: 60, unit: '', bound: { min: 70 }, by: 10 }]

  test.concurrent('tells what rules would have condemned in past runs, and touches nothing', async ({ place }) => {
    await place.write('rackbench.config.yaml', config)
    await place.write('1.json', JSON.stringify(resultsOf(servers)))
    await place.write('2.json', JSON.stringify(resultsOf([{ id: '105', metrics: { score: 60, latency: 8 }, labels: { rack: 'b12' }, violations }], { id: 'r2' })))
    const before = await place.files()
    const { stdout, ...ended } = await place.run(['thresholds', 'try', 'rackbench.config.yaml', '--on', '1.json', '2.json'])
    expect({ ...ended, lines: linesOf(stdout) }).toEqual({
      code: 0,
      signal: null,
      stderr: '',
      lines: [
        'RUN  SERVER  WOULD  WAS   WHY',
        'r1   104     fail   pass  score 60 is below 76, by 16 (thresholds[1]: model=R6*, reference 80, lower -5%)',
        'r2   105     pass   fail  no rule is violated',
        '',
        'would have failed 1 of 4 servers in 2 runs; the runs themselves failed 1',
        '  newly failed (1): 104',
        '  newly passed (1): 105',
        '  only warned of (1):',
        '    105: latency 8 ms is above 5 ms, by 3 ms (thresholds[2]: rack=b12)',
        '  without a value that a rule asks for, which fails unmarked (1): 106 (score)',
        '  not measured, and not tried: 1 server',
      ],
    })
    expect(await place.files()).toEqual(before)
  })

  test.concurrent('answers in JSON, and takes a list of rules', async ({ place }) => {
    await place.write('rules.yaml', '- { metric: score, min: 100, where: { model: R640 } }')
    await place.write('out/results.json', JSON.stringify(resultsOf(servers)))
    const { stdout, code } = await place.run(['thresholds', 'try', 'rules.yaml', '--on', 'out', '--format', 'json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      totals: { runs: 1, measured: 3, notMeasured: 1, wouldFail: 1, failedThen: 0, newlyFail: 1, newlyPass: 0, warned: 0, withoutValue: 0, withoutRule: 2 },
      runs: [{
        path: 'out', run: 'r1', startedAt: '2026-11-21T10:00:00.000Z', measured: 3, notMeasured: 1,
        trials: [
          { server: '104', would: 'fail', was: 'pass', violations: [{ metric: 'score', unit: '', rule: 0, value: 60, bound: { min: 100 }, by: 40 }], warnings: [], missing: [], isUnmatched: false },
          ...['105', '106'].map((server) => ({ server, would: 'pass', was: 'pass', violations: [], warnings: [], missing: [], isUnmatched: true })),
        ],
      }],
    })
  })

  test.concurrent('of very many shows some, and says how many there are', async ({ place }) => {
    await place.write('rules.yaml', 'threshold: 70')
    await place.write('out/results.json', JSON.stringify(resultsOf(Array.from({ length: 150 }, (_, index) => ({ id: `n${index}`, metrics: { score: 60 } })))))
    const lines = linesOf((await place.run(['thresholds', 'try', 'rules.yaml', '--on=out'])).stdout)
    expect(lines.slice(100)).toEqual([
      'r1   n99     fail   pass  score 60 is below 70, by 10',
      'and 50 more: --format json has all',
      '',
      'would have failed 150 of 150 servers; the run itself failed 0',
      '  newly failed (150): n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 140 more',
    ])
  })
})

describe('what cannot be taken is told, each in one line:', () => {
  const ways = '`rackbench thresholds explain 104 --on rackbench-out` tells which rule holds for a server and why, `rackbench thresholds try new.yaml --on rackbench-out` what rules would have condemned'
  test.concurrent.for<[string, readonly string[], readonly string[]]>([
    ['nothing to do', [], [`thresholds: of what? ${ways}`]],
    ['a part that there is not', ['tri'], [`thresholds takes explain or try, not "tri"; did you mean try?; ${ways}`]],
    ['rules without a run', ['try', 'bad.yaml', '--label', 'a=b'], [
      'thresholds try has no use for --label', 'thresholds try: on which runs? --on results.json, or --on and a run directory',
      'bad.yaml: thresholds[0].min: expected a number, got "fast"', 'bad.yaml: thresholds[1]: unknown key "mni"',
      'bad.yaml: thresholds[1]: needs a min or a max, or a reference with lower or upper, or ownHistory, got {"metric":"score","mni":5}',
    ]],
    ['runs that are none', ['try', 'good.yaml', '--on', 'bad.yaml', 'no.json'], ['--on: bad.yaml: is not JSON, or is cut short', '--on: no.json: no such file']],
    ['no rules', ['try', '--on', 'out'], ['thresholds try: which rules? `rackbench thresholds try new.yaml --on rackbench-out`, say']],
    ['a file without rules', ['try', 'other.yaml', '--on', 'out'], ['other.yaml: expected a list of rules, or an object with thresholds, got {"a":1}']],
    ['no servers', ['explain', '--label', 'model'], ['--label: expected a label and its value, like model=R640, got "model"', 'thresholds explain: which servers? `rackbench thresholds explain 104 --label model=R640`, say']],
    ['a server that was not in the run', ['explain', '101', '999', '--on', 'out'], ['--on: out: has no server 999']],
  ])('%s', async ([, args, told], { place }) => {
    await place.write('bad.yaml', '- { metric: score, min: fast }\n- { metric: score, mni: 5 }')
    await place.write('good.yaml', 'threshold: 5')
    await place.write('other.yaml', 'a: 1')
    await place.write('out/results.json', JSON.stringify(resultsOf([{ id: '101' }])))
    expect(await place.run(['thresholds', ...args])).toEqual({ code: 2, signal: null, stdout: '', stderr: told.map((line) => `rackbench: ${line}\n`).join('') })
  })
})
