import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFileInventory } from '../../src/inventory/file.ts'
import { asIni, asYaml, drawnInventory } from '../fixtures/ansible-inventory.ts'

const call = promisify(execFile)
const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'ansible-inventory')))
const why = isThere ? '' : ' (not installed: ansible-inventory, of the package ansible-core)'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackbench-ansible-'))
  await writeFile(join(folder, 'ansible.cfg'), '[defaults]\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a host is, as far as both tell it alike. */
interface Told {
  readonly id: string
  readonly address: string
  readonly groups: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

interface Listed {
  readonly hosts?: readonly string[]
  readonly children?: readonly string[]
}

/** What Ansible itself makes of the inventory. */
async function toldByAnsible(path: string): Promise<Told[]> {
  const environment = { ...process.env, HOME: folder, ANSIBLE_HOME: folder, ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'), ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), LC_ALL: 'C.UTF-8' }
  const { stdout } = await call('ansible-inventory', ['-i', path, '--list'], { cwd: folder, env: environment })
  const { _meta: meta, ...groups } = JSON.parse(stdout) as { readonly _meta: { readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>> } } & Readonly<Record<string, Listed>>
  const above = new Map<string, Set<string>>()
  const hosts = new Map<string, Set<string>>()
  const walk = (name: string, before: readonly string[]): void => {
    const { hosts: own = [], children = [] } = (groups as Readonly<Record<string, Listed>>)[name] ?? {}
    for (const host of own) hosts.set(host, new Set([...(hosts.get(host) ?? []), ...before, name]))
    for (const child of children) walk(child, [...before, name])
    above.set(name, new Set(before))
  }
  walk('all', [])
  return [...hosts].map(([id, of]): Told => {
    const variables = Object.entries(meta.hostvars[id] ?? {})
    const address = variables.find(([key]) => key === 'ansible_host')?.[1]
    return {
      id,
      address: typeof address === 'string' ? address : id,
      groups: [...of].filter((name) => name !== 'all' && name !== 'ungrouped').toSorted(),
      labels: Object.fromEntries(variables.filter(([key]) => !key.startsWith('ansible_')).map(([key, value]) => [key, numberOrText(String(value))])),
    }
  }).toSorted(byId)
}

async function toldByUs(path: string): Promise<Told[]> {
  const { servers, unreadable } = await openFileInventory({ path }).read({ signal: new AbortController().signal, log: () => {} })
  expect(unreadable).toEqual([])
  return servers.map(({ id, address = '', labels: { groups = '', ...labels } }): Told => {
    const pairs = Object.entries(labels).map(([key, value]) => [key, numberOrText(value)] as const)
    return { id, address, groups: groups.split(',').filter(Boolean), labels: Object.fromEntries(pairs) }
  }).toSorted(byId)
}

/** Ansible makes 1000.0 of 1e3, where we keep what is written. */
function numberOrText(text: string): string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e\d+)?$/.test(text) ? String(Number(text)) : text
}

function byId(a: Told, b: Told): number {
  return a.id < b.id ? -1 : 1
}

describe.skipIf(!isThere)(`an inventory is read as ansible-inventory reads it${why}:`, () => {
  test.each([
    ['INI', 'ini', asIni, 4711],
    ['YAML', 'yaml', asYaml, 815],
  ])('%s', async (_name, extension, write, seed) => {
    for (const [index, drawn] of fc.sample(drawnInventory, { numRuns: 4, seed }).entries()) {
      const path = join(folder, `drawn-${index}.${extension}`)
      const text = write(drawn)
      await writeFile(path, text)
      expect({ text, told: await toldByUs(path) }).toEqual({ text, told: await toldByAnsible(path) })
    }
  })

  test('ranges, ports, comments, quotes and values that are literals of Python', async () => {
    const path = join(folder, 'by-hand.ini')
    await writeFile(path, [
      'solo:2222 ansible_host=10.0.0.9 rack="A 1" note=\'it\'\'s\' # said so',
      '; nothing',
      '[web]',
      'web[01:20:2].example model=R640 n=0123 e=12 f=1.5 none=None list="[1, 2]" object="{\'a\': 1}" brace="[a" path=C:\\\\x',
      'rack-[1:2]-[a:c] quoted=\'"x"\' hash=a#b',
      '10.0.0.1 site=ams#x',
      '[db-servers]',
      'db-[a:c] rack=B1',
      'db-a rack=B2',
      '[prod:children]',
      'web # first',
      'db-servers',
      '[prod:vars]',
      'site = "ams 1" # here',
      "city = 'x' y",
      'rack = P0',
      'open = a # b',
      'number = 12 # twelve',
      'flag = True',
      '[all:vars]',
      'owner=nobody',
      '[ungrouped:vars]',
      'alone=1',
      '',
    ].join('\n'))
    const ansible = (await toldByAnsible(path)).map(({ labels: { list, object, none, flag, ...labels }, ...host }) => {
      expect([undefined, '[object Object]']).toContain(object)
      expect([undefined, '1,2']).toContain(list)
      expect([undefined, 'null']).toContain(none)
      return { ...host, labels: { ...labels, ...(flag !== undefined && { flag }) } }
    })
    expect(await toldByUs(path)).toEqual(ansible)
  })
})
