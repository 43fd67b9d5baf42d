import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { exists } from '../fixtures/shell.ts'

const token = 'hunter2/"hunter2"&'
const config = 'there/rackbench.config.yaml'
const flags = ['--config', config, '--progress=none']
const simulation = 'simulation: { servers: { "104": { address: 10.0.0.4 }, "105": { benchmark: { fails: "not asked" } } } }\n'

/** A configuration with a script that measures: the rest of its settings, and the rest of the file. */
async function measuring(place: Place, script: string, { settings = '', rest = '' } = {}): Promise<void> {
  await place.write('there/measure.sh', `#!/bin/sh\nset -eu\n${script}\n`)
  await chmod(join(place.folder, 'there/measure.sh'), 0o755)
  await place.write(config, `provisioner: simulated\n${simulation}benchmark:\n  type: command\n  run: [./measure.sh, "{id}", "{address}", "[{label.model}]"]\n${settings}${rest}`)
}

interface Result {
  readonly id: string
  readonly status: string
  readonly metrics?: unknown
  readonly rounds?: unknown
  readonly error?: { readonly type: string; readonly step: string; readonly message: string }
}

async function resultsOf(place: Place): Promise<readonly Result[]> {
  return (JSON.parse(await place.read('rackbench-out/results.json')) as { servers: Result[] }).servers
}

/** Where a secret stands that must not be told. */
async function tellers(place: Place): Promise<string[]> {
  const spellings = [token, JSON.stringify(token).slice(1, -1), Buffer.from(token).toString('base64'), encodeURIComponent(token)]
  return Object.entries(await place.files()).flatMap(([name, content]) => (spellings.some((secret) => content.includes(secret)) ? [name] : []))
}

describe.concurrent('a benchmark of the configuration', () => {
  test('measures what another provisioner has installed, and says no secret', async ({ place }) => {
    const script = 'echo "token $TOKEN"\necho "measuring $*"\necho "{\\"latency\\": 1.5, \\"cpu\\": 900}"'
    const settings = '  env: { TOKEN: "${TOKEN}" }\n  metrics: { latency: { unit: ms, better: lower } }\n'
    await measuring(place, script, { settings, rest: 'thresholds: [{ metric: latency, max: 2 }, { metric: cpu, min: 800 }]\n' })
    expect(await place.run(['run', '104-105', ...flags], { env: { TOKEN: token } })).toMatchObject({ code: 0, stderr: '' })
    expect((await resultsOf(place)).map(({ id, status, metrics }) => [id, status, metrics])).toEqual([['104', 'passed', { latency: 1.5, cpu: 900 }], ['105', 'passed', { latency: 1.5, cpu: 900 }]])
    const log = await place.read('rackbench-out/logs/104.log')
    expect(log).toContain('benchmark: token ***\n')
    expect(log).toContain('benchmark: measuring 104 10.0.0.4 []\n')
    const [began] = await eventsOf(join(place.folder, 'rackbench-out'))
    expect(began).toMatchObject({
      plan: {
        benchmark: { type: 'command', settings: { directory: join(place.folder, 'there'), run: ['./measure.sh', '{id}', '{address}', '[{label.model}]'], env: { TOKEN: '${TOKEN}' } } },
        metrics: { latency: { unit: 'ms', better: 'lower' } },
      },
    })
    expect(await tellers(place)).toEqual([])
  })

  test('is a score, if it prints one number: the default rule holds', async ({ place }) => {
    await measuring(place, 'test "$1" = 104 && echo 80 || echo 31')
    expect((await place.run(['run', '104-105', '--no-mark-broken', ...flags])).code).toBe(1)
    expect((await resultsOf(place)).map(({ id, status, error }) => [id, status, error?.message])).toEqual([['104', 'passed', undefined], ['105', 'failed', 'score 31 is below 50, by 19']])
  })

  test('of a provisioner that measures nothing itself is all that is needed', async ({ place }) => {
    await measuring(place, 'echo 80')
    await place.write('mine.mjs', 'export default { name: "mine", install() {}, destroy() {}, markAsBroken() {} }')
    expect((await place.run(['run', '101', '-p', './mine.mjs', ...flags])).code).toBe(0)
  })

  test('goes on in a run that was killed: from anywhere, with the secrets of the environment', { timeout: 60_000 }, async ({ place }) => {
    await measuring(place, 'test -e go || { touch waiting; while test -e "$0"; do sleep 0.2; done; }\necho "token $TOKEN"\necho 80', { settings: '  env: { TOKEN: "${TOKEN}" }\n' })
    const running = place.start(['run', '104', ...flags], { env: { TOKEN: token } })
    await until(() => exists(join(place.folder, 'there/waiting')), running)
    running.signal('SIGKILL')
    await running.ended
    await place.write('there/go', '')
    const out = join(place.folder, 'rackbench-out')
    const refused = await place.run(['resume', out])
    expect([refused.code, refused.stderr]).toEqual([2, 'rackbench: benchmark.env.TOKEN: the environment variable TOKEN is not set\n'])
    await mkdir(join(place.folder, 'elsewhere'))
    const resumed = await place.run(['resume', out, '--progress=none'], { env: { TOKEN: token }, before: ['sh', '-c', 'cd elsewhere && exec "$@"', 'sh'] })
    expect(resumed).toMatchObject({ code: 0, stderr: '' })
    const events = await eventsOf(out)
    const begun = events.flatMap((event) => (event.type === 'step.started' ? [`${event.step} ${event.key.split('/').at(-1)}`] : []))
    expect(begun).toEqual(['install 1', 'benchmark 1', 'benchmark 1', 'check 1', 'destroy 1'])
    expect(await tellers(place)).toEqual([])
  })

  test('is not needed to wipe what a killed run holds', { timeout: 60_000 }, async ({ place }) => {
    await measuring(place, 'touch waiting; while test -e "$0"; do sleep 0.2; done', { settings: '  env: { TOKEN: "${TOKEN}" }\n' })
    const running = place.start(['run', '104', ...flags], { env: { TOKEN: token } })
    await until(() => exists(join(place.folder, 'there/waiting')), running)
    running.signal('SIGKILL')
    await running.ended
    expect(await place.run(['destroy', 'rackbench-out', '--progress=none'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('wiped: 1 (104)') })
  })

  test('that cannot be used starts no server', async ({ place }) => {
    await measuring(place, 'echo 80')
    await chmod(join(place.folder, 'there/measure.sh'), 0o644)
    const { code, stdout } = await place.run(['run', '104-106', ...flags])
    expect(code).toBe(3)
    expect(stdout).toContain('the benchmark cannot be used: its check failed: DefectError: cannot run ./measure.sh: EACCES')
    expect((await eventsOf(join(place.folder, 'rackbench-out'))).filter(({ type }) => type === 'server.started')).toEqual([])
  })

  test('is looked at by doctor, which names no secret', async ({ place }) => {
    await measuring(place, 'echo 80', { settings: '  env: { TOKEN: "${TOKEN}" }\n' })
    const about = async (what: string): Promise<string[]> => {
      const { stdout } = await place.run(['doctor', '--format', 'json', '--config', config], { env: { TOKEN: token } })
      return (JSON.parse(stdout) as Finding[]).filter((one) => one.what === what).map(({ status, finding }) => `${status} ${finding}`)
    }
    expect(await about('benchmark')).toEqual(['ok the check of command passed'])
    await chmod(join(place.folder, 'there/measure.sh'), 0o644)
    expect(await about('benchmark')).toEqual([`fail the check of command failed: cannot run ./measure.sh: EACCES (looked for in ${join(place.folder, 'there')}) (DefectError)`])
    await place.write(config, 'benchmark: { type: command, run: measure.sh }\n')
    expect([await about('configuration'), await about('benchmark')]).toEqual([['fail benchmark.run: expected an array, got "measure.sh"; write for example [./measure.sh, "{address}"]'], []])
  })

  test('is told wrong in one line for each problem, and nothing is done', async ({ place }) => {
    await place.write(config, 'provisioner: { type: command, install: [x] }\nbenchmark: { type: command, runs: [x], metrics: { a: { better: up } } }\nconcurrency: 0\n')
    const before = await place.files()
    expect(await place.run(['run', '101', ...flags])).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: [
        `${config}: concurrency: expected a whole number of at least 1, got 0`,
        'provisioner.destroy: expected an array, but it is missing; write for example [./destroy.sh, "{id}"]',
        'provisioner.markAsBroken: expected an array, but it is missing; write for example [./markAsBroken.sh, "{id}"]',
        'benchmark.run: expected an array, but it is missing; write for example [./measure.sh, "{address}"]',
        'benchmark.metrics.a.better: expected higher | lower, got "up"',
        'benchmark: unknown key "runs"; the settings of command are run, metrics, directory, env, exitCodes',
      ].map((problem) => `rackbench: ${problem}\n`).join(''),
    })
    expect(await place.files()).toEqual(before)
  })

  test('stands in the plan, and in the settings in effect, without its secrets', async ({ place }) => {
    await measuring(place, 'echo 80', { settings: `  env: { TOKEN: "\${TOKEN}", PASSWORD: literal }\n  metrics: { latency: { unit: "\${TOKEN}" } }\n` })
    const plan = await place.run(['run', '104', '--dry-run', '--config', config], { env: { TOKEN: token } })
    expect(plan.stdout).toContain('benchmark    command: latency\n')
    const { stdout } = await place.run(['config', 'show', '--config', config], { env: { TOKEN: token } })
    expect(stdout).toContain(`benchmark:\n  type: command\n  run:\n    - ./measure.sh\n    - "{id}"\n    - "{address}"\n    - "[{label.model}]"\n  env:\n    TOKEN: \${TOKEN}\n    PASSWORD: "***"\n`)
    expect(await tellers(place)).toEqual([])
  })
})
