import { access, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { systemClock } from '../../src/model/clock.ts'
import type { Provisioner } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { command } from '../../src/provisioners/command.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { test, until } from '../fixtures/cli.ts'
import { imported } from '../fixtures/elsewhere.ts'

const example = join(import.meta.dirname, '../../examples/command')
const serverOf = (id: string): Server => ({ id: id as ServerId, labels: {} })

interface Example {
  readonly provisioner: { readonly type: string; readonly env: Readonly<Record<string, string>> }
}
const { provisioner: { type: _type, ...settings } } = parse(await readFile(join(example, 'rackbench.config.yaml'), 'utf8')) as Example

provisionerContract('examples/command', async () => {
  const machines = await mkdtemp(join(tmpdir(), 'rackbench-machines-'))
  const quirk = async (id: string, name: string, content: string): Promise<void> => {
    await mkdir(join(machines, id), { recursive: true })
    await writeFile(join(machines, id, name), content)
  }
  const has = ({ id }: Server, name: string): Promise<boolean> => access(join(machines, id, name)).then(() => true, () => false)
  await quirk('102', 'takes', '1000')
  await quirk('103', 'fails', 'PXE boot timed out\n')
  await quirk('104', 'takes', '0.5')
  const token = 'hunter2-hunter2'
  const all = { ...settings, directory: example, env: { ...settings.env, MACHINES: machines, RACK_TOKEN: token } }
  const open = (more: object): Provisioner => command({ ...all, ...more }, { clock: systemClock, env: process.env, directory: '/' })
  return {
    server: serverOf('101'),
    slow: serverOf('102'),
    lasting: serverOf('104'),
    failing: { server: serverOf('103'), message: 'PXE boot timed out' },
    stranger: serverOf('999'),
    adapter: async () => open({}),
    async cutOff(server, context) {
      // What lies between the adapter and its machines is an exit code: that of the first install says that the provisioner went away.
      const lost = join(machines, 'lost')
      const provisioner = open({ install: ['sh', '-c', 'mark=$1; shift; "$@" || exit; [ -e "$mark" ] || { touch "$mark"; exit 75; }', 'sh', lost, './install.sh', '{id}', '{os}'] })
      await expect(provisioner.install(server, 'debian-12', context)).rejects.toThrow('exit code 75')
      return provisioner
    },
    elsewhere: [
      imported('provisioners/command.js', 'command'),
      imported('model/clock.js', 'systemClock'),
      `const provisioner = command(${JSON.stringify(all)}, { clock: systemClock, env: process.env, directory: '/' })`,
    ].join('\n'),
    async stateOf(server) {
      if (await has(server, 'installed')) return 'installed'
      return (await has(server, 'installing')) ? 'in between' : 'clean'
    },
    isMarked: (server) => has(server, 'broken'),
    async installsOf({ id }) {
      const history = await readFile(join(machines, id, 'history'), 'utf8').catch(() => '')
      return history.split('\n').filter((line) => line.startsWith('install ')).length
    },
    secrets: [token],
    cannot: {
      list: 'there is no verb for it',
      clearMark: 'there is no verb for it',
      strangers: 'every machine exists: its folder is made when it is needed',
    },
    [Symbol.asyncDispose]: () => rm(machines, { recursive: true }),
  }
})

test('examples/command carries a fleet out as it stands, from another folder too', async ({ place }) => {
  await cp(example, join(place.folder, 'rack'), { recursive: true })
  await place.write('rack/machines/103/fails', 'PXE boot timed out\n')
  await place.write('rack/machines/105/score', '{"score": 20, "disk": 120}\n')
  await place.write('rack/machines/106/broken', 'an-earlier-run: for a test\n')
  const { code, stderr } = await place.run(['run', '--config', 'rack/rackbench.config.yaml'])
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  const { servers } = JSON.parse(await place.read('rackbench-out/results.json')) as { servers: { id: string; status: string; left: string; metrics: unknown; error?: { type: string; message: string } }[] }
  const passed = { status: 'passed', left: 'clean', metrics: { score: 81.5 } }
  expect(servers.map(({ id, status, left, metrics, error }) => ({ id, status, left, metrics, ...(error && { error: `${error.type}: ${error.message}` }) }))).toEqual([
    { id: '101', ...passed },
    { id: '102', ...passed },
    { id: '103', status: 'failed', left: 'unknown', metrics: {}, error: 'ServerOperationError: PXE boot timed out (./install.sh: exit code 1)' },
    { id: '104', ...passed },
    { id: '105', status: 'failed', left: 'installed', metrics: { score: 20, disk: 120 }, error: 'PerformanceError: score 20 is below 50, by 30' },
    { id: '106', status: 'skipped', left: 'unknown', metrics: {}, error: 'ServerNotOursError: marked as broken: an-earlier-run: for a test (./install.sh: exit code 10)' },
  ])
  const files = await place.files()
  const run = /"run":"([^"]*)"/.exec(files['rackbench-out/journal.jsonl'] ?? '')?.[1]
  expect(Object.entries(files).filter(([name]) => name.endsWith('/broken'))).toEqual([
    ['rack/machines/103/broken', `${run}: install: PXE boot timed out (./install.sh: exit code 1) (rackbench run ${run})\n`],
    ['rack/machines/105/broken', `${run}: check: score 20 is below 50, by 30 (rackbench run ${run})\n`],
    ['rack/machines/106/broken', 'an-earlier-run: for a test\n'],
  ])
})

test('an install of examples/command that outlives a rackbench which was killed is waited for, and not begun twice', async ({ place }) => {
  await cp(example, join(place.folder, 'rack'), { recursive: true })
  await place.write('rack/machines/101/takes', '2\n')
  const running = place.start(['run', '101', '102', '--config', 'rack/rackbench.config.yaml'])
  const machine = join(place.folder, 'rack/machines/101')
  await until(() => access(join(machine, 'installing')).then(() => true, () => false), running)
  running.signal('SIGKILL')
  await running.ended
  const { code } = await place.run(['resume', 'rackbench-out'])
  const log = await place.read('rackbench-out/logs/101.log')
  expect([code, log.includes('install: debian-12 is installed already')]).toEqual([0, true])
  expect((await readFile(join(machine, 'history'), 'utf8')).replaceAll(/ .*\/101/g, '')).toBe('install/install/1\ndestroy/destroy/1\n')
})
