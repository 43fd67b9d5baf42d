import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { Place, Started } from '../fixtures/cli.ts'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { bearing, descendants, endOneByOne } from '../fixtures/processes.ts'

const scripts = join(import.meta.dirname, '../fixtures/scripts')

interface Reported {
  readonly id: string
  readonly status: string
  readonly left: string
  readonly broken: { readonly due: boolean }
  readonly error?: { readonly type: string; readonly step: string; readonly message: string }
}

/** Writes a script for each verb, and the configuration that names them. */
async function scriptsIn(place: Place, bodies: Readonly<Record<'install' | 'benchmark' | 'destroy' | 'markAsBroken', string>>, env = ''): Promise<void> {
  for (const [verb, body] of Object.entries(bodies)) {
    await place.write(`${verb}.sh`, `#!/bin/sh\nset -eu\n${body}\n`)
    await chmod(join(place.folder, `${verb}.sh`), 0o755)
  }
  const verbs = Object.keys(bodies).map((verb) => `  ${verb}: [./${verb}.sh, "{id}"]\n`)
  await place.write('rackbench.config.yaml', `provisioner:\n  type: command\n${verbs.join('')}${env}`)
}

async function reported(place: Place, directory = 'rackbench-out'): Promise<readonly Reported[]> {
  return (JSON.parse(await place.read(`${directory}/results.json`)) as { servers: Reported[] }).servers
}

/** The most memory that a process has had, in MiB, as long as it lives. */
async function peakOf(process: Started): Promise<number> {
  let peak = 0
  while (!process.end()) {
    const status = await readFile(`/proc/${process.pid}/status`, 'utf8').catch(() => '')
    peak = Math.max(peak, Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024)
    await sleep(20)
  }
  return peak
}

describe('scripts that misbehave', () => {
  const install = `
case $1 in
  code-*) exec "$SCRIPTS/exit.sh" "\${1#code-}" ;;
  signal-*) exec "$SCRIPTS/kill-self.sh" "\${1#signal-}" ;;
  hang | deaf | orphans | echo-secret) exec "$SCRIPTS/$1.sh" ;;
esac`
  const benchmark = `
case $1 in
  half-json | flood | endless-line) exec "$SCRIPTS/$1.sh" ;;
esac
echo 81.5`

  test('are told apart, leave no process, no secret and no memory behind, and nobody is marked for them who is not to blame', { timeout: 60_000 }, async ({ place }) => {
    const mark = randomUUID()
    const token = `hunter2 "${randomUUID()}"`
    await scriptsIn(place, { install, benchmark, destroy: 'true', markAsBroken: 'touch "marked-$1"' }, `  env: { MARK: "${mark}", SCRIPTS: "${scripts}", TOKEN: "\${RACK_TOKEN}" }\n`)
    const ids = ['fine', 'orphans', 'echo-secret', 'code-17', 'code-75', 'code-126', 'code-127', 'code-137', 'code-143', 'code-255', 'signal-TERM', 'half-json', 'flood', 'endless-line']
    const flags = ['--concurrency=20', '--max-outage=0s', '--max-alike=0', '--max-broken=20', '--progress=none']
    const options = { env: { RACK_TOKEN: token } }
    const running = place.start(['run', ...ids, ...flags], options)
    const hanging = place.run(['run', 'hang', 'deaf', '--timeout-install=1s', '--grace=1s', '--out=hanging', ...flags], options)
    const [{ code }, peak] = await Promise.all([running.ended, peakOf(running)])
    expect((await hanging).code).toBe(1)
    const servers = [...(await reported(place, 'hanging')), ...(await reported(place))]
    expect(Object.fromEntries(servers.map(({ id, status, error }) => [id, error?.type ?? status]))).toEqual({
      hang: 'StepTimeoutError',
      deaf: 'StepTimeoutError',
      fine: 'passed',
      orphans: 'passed',
      'echo-secret': 'passed',
      'code-17': 'ServerOperationError',
      'code-75': 'ProvisionerUnavailableError',
      'code-126': 'DefectError',
      'code-127': 'DefectError',
      'code-137': 'ProvisionerUnavailableError',
      'code-143': 'ProvisionerUnavailableError',
      'code-255': 'ProvisionerUnavailableError',
      'signal-TERM': 'ProvisionerUnavailableError',
      'half-json': 'MeasurementError',
      flood: 'passed',
      'endless-line': 'MeasurementError',
    })
    expect(code).toBe(3)
    const files = await place.files()
    expect(Object.keys(files).filter((name) => name.startsWith('marked-')).sort()).toEqual(['marked-code-17', 'marked-deaf', 'marked-hang'])
    expect(await bearing(`MARK=${mark}`)).toEqual([])
    const spellings = [token, JSON.stringify(token).slice(1, -1), Buffer.from(token).toString('base64'), token.slice(0, 24)]
    expect(Object.entries(files).flatMap(([name, content]) => spellings.filter((secret) => content.includes(secret)).map((secret) => [name, secret]))).toEqual([])
    expect(files['rackbench-out/logs/echo-secret.log']).toContain('install: token ***\n')
    const longest = (files['rackbench-out/run.log'] ?? '').split('\n').reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0)
    expect([longest > 15_000, longest <= 16 * 1024]).toEqual([true, true])
    expect(peak).toBeLessThan(256)
  })
})

describe('a tool that ends children first, and rackbench 6 s later,', () => {
  test('condemns no server: the run was stopped', { timeout: 60_000 }, async ({ place }) => {
    await mkdir(join(place.folder, 'machines'))
    await scriptsIn(place, {
      // That of 101 makes a success of the end of its sleep, and is itself let alone: its lane gets free, and no server may be started there.
      install: 'touch "machines/$1"\ncase $1 in 101) sleep 1000 || exit 0 ;; *[02468]) sleep 1000 ;; esac',
      benchmark: 'test "$1" = 101 || sleep 1000\necho 81.5',
      destroy: 'rm -f "machines/$1"',
      markAsBroken: 'touch "marked-$1"',
    })
    const running = place.start(['run', '101-130', '--progress=none'], { before: ['sh', '-c', 'exec "$@"', 'sh'] })
    const victims = await until(async () => {
      const below = await descendants(running.pid)
      return below.filter(({ command }) => command === 'sleep 1000').length === 15 ? below : undefined
    }, running)
    const spared = victims.find(({ command }) => command.endsWith('install.sh 101'))?.pid
    await endOneByOne(victims.filter(({ pid, parent }) => pid !== spared && parent !== spared))
    await until(() => running.stdout().includes('it is not judged'), running)
    await endOneByOne(victims.filter(({ parent }) => parent === spared))
    // The longest that a Jenkins was seen to take between the children and their parent.
    await sleep(6000)
    const finished = (await eventsOf(join(place.folder, 'rackbench-out'))).filter(({ type }) => type === 'server.finished')
    expect([running.end(), finished]).toEqual([undefined, [expect.objectContaining({ server: '101' })]])
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(143)
    const servers = await reported(place)
    expect(servers.map(({ status, left, broken, error }) => [status, left, broken.due, error?.type ?? 'no error'].join(' '))).toEqual([
      'passed clean false no error',
      ...Array.from({ length: 14 }, () => 'skipped clean false RunStopped'),
      ...Array.from({ length: 15 }, () => 'skipped clean false no error'),
    ])
    const events = await eventsOf(join(place.folder, 'rackbench-out'))
    const count = (wanted: string): number => events.filter(({ type }) => type === wanted).length
    expect([count('server.started'), count('step.retried')]).toEqual([15, 0])
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'stopped', exitCode: 143 })
    expect(await readdir(join(place.folder, 'machines'))).toEqual([])
    expect((await readdir(place.folder)).filter((name) => name.startsWith('marked-'))).toEqual([])
  })
})

test('who leaves at once leaves no script behind, not even a deaf one', async ({ place }) => {
  const mark = randomUUID()
  await scriptsIn(place, { install: 'exec "$SCRIPTS/$1.sh"', benchmark: 'echo 1', destroy: 'true', markAsBroken: 'true' }, `  env: { MARK: "${mark}", SCRIPTS: "${scripts}" }\n`)
  const running = place.start(['run', 'deaf', 'hang'])
  await until(() => running.stdout().split('install: waiting\n').length === 3, running)
  running.signal('SIGINT')
  await until(() => running.stdout().includes('stopped by SIGINT'), running)
  running.signal('SIGINT')
  expect((await running.ended).code).toBe(130)
  await until(async () => (await bearing(`MARK=${mark}`)).length === 0)
})

describe('a set of scripts that is not whole', () => {
  test('is told in one line for each verb that is missing, and nothing is done', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'provisioner: { type: command, install: [./install.sh] }\n')
    expect(await place.run(['run', '101'])).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: [
        'rackbench: provisioner.destroy: expected an array, but it is missing; write for example [./destroy.sh, "{id}"]\n',
        'rackbench: provisioner.markAsBroken: expected an array, but it is missing; write for example [./markAsBroken.sh, "{id}"]\n',
      ].join(''),
    })
    expect(Object.keys(await place.files())).toEqual(['rackbench.config.yaml'])
  })

  test('touches no server if a program cannot be run', async ({ place }) => {
    await scriptsIn(place, { install: 'touch "$1"', benchmark: 'echo 1', destroy: 'true', markAsBroken: 'true' })
    await chmod(join(place.folder, 'destroy.sh'), 0o644)
    const { code, stdout } = await place.run(['run', '101'])
    expect(code).toBe(3)
    expect(stdout).toContain('its check failed: DefectError: cannot run ./destroy.sh: EACCES')
    expect(Object.keys(await place.files())).not.toContain('101')
  })
})
