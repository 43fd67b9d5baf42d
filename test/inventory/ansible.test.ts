import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openFileInventory } from '../../src/inventory/file.ts'
import { readAs, refusalOf } from '../fixtures/inventory-file.ts'

const ini = `
solo ansible_host=10.0.0.9 rack="A 1" note='it''s'   # a comment
; another
[web]
web[01:05:2].example model=R640 ansible_password=geheim bmc_password=geheim
10.0.0.7:2222 n=0123 big=1e3
[db-servers]
db-[a:b] rack=B1
db-a rack=B2 flag=True list="[1, 2]"
[prod:children]
web
db-servers
[prod:vars]
site = "ams 1" # said so
rack = P0
ansible_user = root
who = {{ nobody }}
[all:vars]
rack=X
owner=nobody
`
const yaml = `
all:
  vars: {rack: X, owner: nobody}
  hosts:
    solo: {ansible_host: 10.0.0.9, rack: A 1, note: its}
  children:
    prod:
      vars: {site: ams 1, rack: P0, ansible_user: root, who: "{{ nobody }}"}
      children:
        web:
          hosts:
            web[01:05:2].example: {model: R640, ansible_password: geheim, bmc_password: !vault "616263"}
            10.0.0.7:2222: {n: 0123, big: 1e3}
        db-servers:
          hosts:
            db-[a:b]: {rack: B1}
            db-a: {rack: B2, flag: true, list: [1, 2]}
`
const inherited = { groups: 'prod,web', rack: 'P0', owner: 'nobody', site: 'ams 1' }
const ofDatabases = { groups: 'db-servers,prod', owner: 'nobody', site: 'ams 1' }
const servers = [
  { id: 'solo', address: '10.0.0.9', labels: { rack: 'A 1', owner: 'nobody', note: 'its' } },
  { id: 'web01.example', address: 'web01.example', labels: { ...inherited, model: 'R640' } },
  { id: 'web03.example', address: 'web03.example', labels: { ...inherited, model: 'R640' } },
  { id: 'web05.example', address: 'web05.example', labels: { ...inherited, model: 'R640' } },
  { id: '10.0.0.7', address: '10.0.0.7', labels: { ...inherited, n: '0123', big: '1e3' } },
  { id: 'db-a', address: 'db-a', labels: { ...ofDatabases, rack: 'B2', flag: 'true' } },
  { id: 'db-b', address: 'db-b', labels: { ...ofDatabases, rack: 'B1' } },
]

describe('hosts are servers, with the variables of their groups for labels, in', () => {
  test.each([
    ['INI', 'fleet.ini', ini],
    ['INI of any name', 'hosts', ini],
    ['YAML', 'fleet.yaml', yaml],
    ['YAML of any name', 'hosts', yaml],
  ])('%s', async (_name, file, text) => {
    const reading = await readAs(file, text)
    expect(reading.servers).toEqual(servers)
    expect(reading.unreadable).toEqual([])
    expect(reading.notes).toContain('left out of 6 servers: "who", which only Ansible can work out')
    expect(JSON.stringify(reading)).not.toMatch(/geheim|616263/)
  })
})

test('JSON is YAML, and an Ansible inventory in it is one', async () => {
  expect((await readAs('a.json', '{"all": {"children": {"web": {"hosts": {"w1": {"rack": 1.0}, "w2": null}}}}}')).servers).toEqual([
    { id: 'w1', address: 'w1', labels: { groups: 'web', rack: '1.0' } },
    { id: 'w2', address: 'w2', labels: { groups: 'web' } },
  ])
})

test.each([
  ['web', ['web01.example', 'web03.example', 'web05.example', '10.0.0.7']],
  ['prod:!web', ['db-a', 'db-b']],
  ['prod,&db-*', ['db-a', 'db-b']],
  ['!prod', ['solo']],
  ['ungrouped, web05.example', ['solo', 'web05.example']],
  ['all', servers.map(({ id }) => id)],
])('the pattern %s selects as Ansible does', async (group, ids) => {
  for (const [file, text] of [['a.ini', ini], ['a.yml', yaml]] as const) expect((await readAs(file, text, { group })).servers.map(({ id }) => id)).toEqual(ids)
})

test('a pattern that names what is not there is refused, also where it would only spare something', async () => {
  expect(await refusalOf('a.ini', ini, { group: 'web:!dbservers' })).toEqual(['inventory: file: group: there is no group and no host "dbservers" in a.ini; its first groups are "web", "db-servers", "prod"'])
  expect(await refusalOf('a.ini', ini, { group: 'web[0]' })).toEqual(['inventory: file: group: "web[0]": expected names of groups, with * and ? in them, and & or ! before them'])
  expect(await refusalOf('a.csv', 'id\n1\n', { group: 'web' })).toEqual(['inventory: file: group: a.csv is no Ansible inventory, and has no groups'])
  expect(await refusalOf('a.ini', ini, { id: 'name' })).toEqual(['inventory: file: id: a.ini is an Ansible inventory, which tells this in its own words'])
})

test('of groups that are as deep, the one with the higher priority wins, else the last by name', async () => {
  const two = '[a]\nh\n[b]\nh\n[a:vars]\nx=a\n[b:vars]\nx=b\n'
  expect((await readAs('a.ini', two)).servers[0]?.labels['x']).toBe('b')
  expect((await readAs('a.ini', `${two}[a:vars]\nansible_group_priority=10\n`)).servers[0]?.labels['x']).toBe('a')
})

test('an address that only Ansible can work out is none, and is told', async () => {
  expect(await readAs('a.ini', 'h ansible_host="{{ ip }}"\n')).toEqual({ servers: [{ id: 'h', labels: {} }], unreadable: [], notes: ['left out of 1 server: the address, which only Ansible can work out'] })
})

test('folders of variables beside the inventory are not read, and that is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rackbench-inventory-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'group_vars'))
  await writeFile(join(folder, 'hosts'), 'h\n')
  const { notes } = await openFileInventory({ path: join(folder, 'hosts') }).read({ signal: new AbortController().signal, log: () => {} })
  expect(notes).toEqual([`${join(folder, 'group_vars')} is not read: for the variables in it, read what ansible-inventory --list --yaml prints`])
})

test('a host whose line is wrong is named, and the others are read', async () => {
  expect(await readAs('a.ini', 'ok\nx y\nq "open\nr[5:1]\nr[1:2:0]\nr[01:3]\nr[1:\nfe80::1\nb ansible_host="a b"\nlast\n')).toEqual({
    servers: [{ id: 'ok', address: 'ok', labels: {} }, { id: 'last', address: 'last', labels: {} }],
    unreadable: [
      { id: 'x', problem: 'line 2: expected variables such as rack=A1 after the host, got "y"' },
      { id: 'q', problem: 'line 3: a quotation mark " is opened and not closed' },
      { id: 'r[5:1]', problem: 'line 4: [5:1]: its end is before its beginning' },
      { id: 'r[1:2:0]', problem: 'line 5: [1:2:0]: the step of a range is a whole number from 1 on' },
      { id: 'r[01:3]', problem: 'line 6: [01:3]: a range with leading zeros has both ends of the same length' },
      { id: 'r[1:', problem: 'line 7: a range is opened with [ and not closed' },
      { id: 'fe80::1', problem: 'line 8: "fe80::1" is no server ID: a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all' },
      { id: 'b', problem: 'line 9: "a b" is no name and no IP address of a host' },
    ],
    notes: [],
  })
  expect(await readAs('a.yaml', 'all:\n  hosts:\n    ok:\n    bad: 5\n    twice: {a: 1, a: 2}\n  more: 1\n  group: {x: 1}\nrest: 5\n')).toEqual({
    servers: [{ id: 'ok', address: 'ok', labels: {} }],
    unreadable: [
      { id: 'bad', problem: 'line 4: expected an object with the variables of the host, or nothing' },
      { id: 'twice', problem: 'line 5: the key "a" is there twice' },
    ],
    notes: [
      expect.stringMatching(/line 6: "more" in group "all" is skipped: only hosts, children and vars are known$/),
      expect.stringMatching(/line 7: "group" in group "all" is skipped: only hosts, children and vars are known$/),
      expect.stringMatching(/line 8: "rest" is skipped: expected a group with hosts, children or vars$/),
    ],
  })
})

describe('an inventory that cannot be one is refused, with the line:', () => {
  test.each([
    ['groups in a circle', 'a.ini', '[a:children]\nb\n[b:children]\nc\n[c:children]\na\n', ['a.ini: groups are children of each other: "a" > "b" > "c" > "a"']],
    ['groups in a circle in YAML', 'a.yaml', 'all: {children: {a: {children: {b: {children: {a: }}}}}}\n', ['a.yaml: groups are children of each other: "a" > "b" > "a"']],
    ['a group in itself', 'a.ini', '[a:children]\na\n', ['a.ini: groups are children of each other: "a" > "a"']],
    ['wrong headers, and groups that are not there', 'a.ini', '[a b]\nx\n[a:kids]\nx\n[a:vars]\nx\n[b:children]\nc\nd e\n', [
      'a.ini: line 1: "[a b]" is no header: expected [group], [group:children] or [group:vars], without blanks',
      'a.ini: line 3: "[a:kids]": expected children or vars after the colon',
      'a.ini: line 6: expected a variable such as rack=A1, got "x"',
      'a.ini: line 9: expected the name of a group, got "d e"',
      'a.ini: line 5: there is no group "a": it has no header of its own',
      'a.ini: line 8: there is no group "c": it has no header of its own',
    ]],
    ['a list of hosts in YAML', 'a.yaml', 'all:\n  hosts: [a, b]\n', ['a.yaml: line 2: hosts of group "all": expected an object, whose keys end with a colon']],
    ['what configures a plugin', 'a.yaml', 'plugin: netbox.netbox.nb_inventory\n', ['a.yaml: configures a plugin of Ansible, and is no inventory itself: print that with ansible-inventory -i a.yaml --list --yaml, and read what it prints']],
    ['a range of too many hosts', 'a.ini', 'web[1:100001]\n', ['a.ini: line 1: "web[1:100001]" stands for 100001 hosts: at most 100000 servers can be taken at once']],
    ['ranges of ranges', 'a.yaml', 'all: {hosts: {"a[0:999999999][0:999999999]-[a:Z]": }}\n', ['a.yaml: line 1: "a[0:999999999][0:999999999]-[a:Z]" stands for 52000000000000000000 hosts: at most 100000 servers can be taken at once']],
    ['the same range again and again', 'a.ini', 'web[1:100000]\n'.repeat(11), ['a.ini: its ranges stand for more than 1000000 hosts in all']],
    ['two ranges that are too many together', 'a.ini', 'a[1:60000]\nb[1:60000]\n', ['a.ini: has more than 100000 entries: no more servers can be taken at once']],
    ['too many groups', 'a.ini', Array.from({ length: 10_001 }, (_, index) => `[g${index}]\n`).join(''), ['a.ini: has more than 10000 groups']],
    ['groups that are in each other beyond measure', 'a.ini', `${Array.from({ length: 9000 }, (_, index) => `[g${index}]\nh${index}\n[g${index}:children]\ng${index + 1}\n`).join('')}[g9000]\nx\n`, ['a.ini: its hosts are in too many groups']],
  ])('%s', async (_name, file, text, problems) => {
    expect(await refusalOf(file, text)).toEqual(problems)
  })
})

test('a host whose line is wrong in one group is not taken from another', async () => {
  const hosts = '[web]\nw[1:6]\n[broken]\nw1 disk\nw2 note="dead\nw[3:4] disk\n'
  expect(await readAs('hosts.ini', hosts, { group: 'web:!broken' })).toMatchObject({ servers: [{ id: 'w5' }, { id: 'w6' }], unreadable: [{ id: 'w1' }, { id: 'w2' }, { id: 'w[3:4]' }] })
  const groups = 'web: {hosts: {"w[1:3]": }}\nbroken: {hosts: {w1: disk}}\n'
  expect(await readAs('hosts.yaml', groups, { group: 'web:!broken' })).toMatchObject({ servers: [{ id: 'w2' }, { id: 'w3' }], unreadable: [{ id: 'w1' }] })
})
