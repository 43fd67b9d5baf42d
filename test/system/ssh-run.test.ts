import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { eventsOf, test } from '../fixtures/cli.ts'
import { startSshd, whyNoSshd } from './sshd.ts'

interface Result {
  readonly status: string
  readonly metrics?: Readonly<Record<string, number>>
  readonly error?: { readonly type: string }
}

describe.skipIf(whyNoSshd !== '')(`a run whose configuration measures over SSH, with a real sshd ${whyNoSshd}`, () => {
  test('waits for the login, measures, and keeps the host key of the install in the run directory', { timeout: 60_000 }, async ({ place }) => {
    await using sshd = await startSshd()
    const own = '{ name: own, run: "echo latency=1.5 ms; echo cpu=900", parse: lines, metrics: { latency: { unit: ms, better: lower } } }'
    await place.write('rackbench.config.yaml', `
provisioner: simulated
simulation: { servers: { "104": { address: "${sshd.address}" } } }
benchmark: { type: ssh, user: ${sshd.user}, port: ${sshd.port}, identityFile: "${sshd.identityFile}", ready: 20s, commands: [${own}] }
thresholds: [{ metric: own.latency, max: 2 }]
`)
    const env = { ...sshd.env }
    expect((await place.run(['run', '104', '--dry-run'], { env })).stdout).toContain('benchmark    ssh: own.latency\n')
    expect(Object.keys(await place.files())).toEqual(['rackbench.config.yaml'])
    const { code, stdout } = await place.run(['run', '104', '--progress=none'], { env })
    const [result] = (JSON.parse(await place.read('rackbench-out/results.json')) as { servers: Result[] }).servers
    expect([result?.error, code, result?.status, result?.metrics]).toEqual([undefined, 0, 'passed', { 'own.latency': 1.5, 'own.cpu': 900 }])
    expect(stdout).not.toContain('not in order')
    const [began] = await eventsOf(join(place.folder, 'rackbench-out'))
    expect(began).toMatchObject({ plan: { benchmark: { type: 'ssh' }, metrics: { 'own.latency': { unit: 'ms', better: 'lower' } } } })
    const keys = Object.entries(await place.files()).filter(([name, content]) => name.startsWith('rackbench-out/') && content.includes('host key of 104, install 1'))
    expect(keys.length).toBe(1)
  })

  test('starts no server if the private key is not there', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'provisioner: simulated\nbenchmark: { type: ssh, user: root, identityFile: keys/none, commands: [cpu] }\nthresholds: []\n')
    const { code, stdout } = await place.run(['run', '104', '--progress=none'])
    expect([code, (await eventsOf(join(place.folder, 'rackbench-out'))).filter(({ type }) => type === 'server.started')]).toEqual([3, []])
    expect(stdout).toContain(`the benchmark cannot be used: its check failed: DefectError: identityFile: ${join(place.folder, 'keys/none')} cannot be read: ENOENT`)
  })
})
