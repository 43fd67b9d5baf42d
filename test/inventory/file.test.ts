import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openFileInventory } from '../../src/inventory/file.ts'
import { DefectError } from '../../src/model/fault.ts'
import { UsageError } from '../../src/model/problem.ts'
import { readAs, refusalOf } from '../fixtures/inventory-file.ts'

/** Ten times ten times ... of one text. */
const aliasesOfAliases = Array.from({ length: 30 }, (_, index) => `a${index}: &a${index} [${Array.from({ length: 10 }, () => (index === 0 ? 'x' : `*a${index - 1}`)).join(', ')}]\n`).join('')

const three = {
  servers: [
    { id: '104', address: '10.0.0.4', labels: { model: 'R640', rack: 'A1' } },
    { id: '0103', labels: { model: 'R740' } },
    { id: '1e3', address: 'ten.example', labels: {} },
  ],
  unreadable: [],
  notes: [],
}

describe('the same three servers are read from', () => {
  test.each([
    ['a list in YAML', 'fleet.yaml', '- {id: 104, address: 10.0.0.4, model: R640, rack: A1}\n- name: 0103\n  labels: {model: R740}\n- id: 1e3\n  ip: ten.example\n  rack: ~\n'],
    ['an object in YAML that is keyed by ID', 'fleet.yml', '104: {host: 10.0.0.4, labels: {model: R640, rack: A1}}\n0103: {model: R740}\n1e3: {address: ten.example}\n'],
    ['YAML with anchors and merge keys', 'fleet.yaml', 'servers:\n- &a {id: 104, address: 10.0.0.4, model: R640, rack: A1}\n- {id: 0103, model: R740}\n- {<<: *a, id: 1e3, address: ten.example, model: "", rack: }\n'],
    ['a list in JSON', 'fleet.json', '[{"id": 104, "address": "10.0.0.4", "model": "R640", "rack": "A1"}, {"name": "0103", "labels": {"model": "R740"}}, {"id": 1e3, "ip": "ten.example", "rack": null}]'],
    ['an object in JSON that is keyed by ID, in its order', 'fleet.json', '{"104": {"address": "10.0.0.4", "labels": {"model": "R640", "rack": "A1"}}, "0103": {"labels": {"model": "R740"}}, "1e3": {"address": "ten.example", "labels": {}}}'],
    ['the answer of a service', 'fleet.json', '{"servers": [{"id": "104", "address": "10.0.0.4", "labels": {"model": "R640", "rack": "A1"}}, {"id": "0103", "labels": {"model": "R740"}}, {"id": 1e3, "address": "ten.example"}], "next": null}'],
    ['objects, one a line', 'fleet.ndjson', '{"id":"104","address":"10.0.0.4","labels":{"model":"R640","rack":"A1"}}\n{"id":"0103","labels":{"model":"R740"}}\n\n{"id":1e3,"address":"ten.example","labels":{}}\n'],
    ['CSV', 'fleet.csv', 'id,address,model,rack\n104,10.0.0.4,R640,A1\n0103,,R740,\n1e3,ten.example,,\n'],
    ['CSV of a spreadsheet', 'fleet.csv', '\uFEFFName;IP;model;rack;\r\n"104";"10.0.0.4";R640;A1;\r\n\r\n0103;;R740;;\r\n1e3;ten.example;;;'],
    ['CSV with tabs', 'fleet.tsv', 'id\taddress\tmodel\track\n104\t10.0.0.4\tR640\tA1\n0103\t\tR740\t\n1e3\tten.example\t\t\n'],
    ['CSV of any name', 'fleet', '# from the store\nid,address,model,rack\n104,10.0.0.4,R640,A1\n0103,,R740,\n1e3,ten.example,,\n'.slice('# from the store\n'.length)],
  ])('%s', async (_name, file, text) => {
    expect(await readAs(file, text)).toEqual(three)
  })
})

test('a list of IDs is enough, and numbers keep their written form', async () => {
  const ids = ['0101', '1e3', '104', '12345678901234567890', '1.50']
  const servers = ids.map((id) => ({ id, labels: {} }))
  expect((await readAs('ids.yaml', ids.map((id) => `- ${id}\n`).join(''))).servers).toEqual(servers)
  expect((await readAs('ids.json', '[1e3, 104, 12345678901234567890, 1.50]')).servers).toEqual(servers.slice(1))
  expect((await readAs('ids.txt', ids.join('\n'))).servers.map(({ id }) => id)).toEqual(ids)
})

test('one server alone is a list of one', async () => {
  const one = [{ id: '104', address: 'a', labels: { rack: '7' } }]
  expect((await readAs('a.json', '{"id": 104, "address": "a", "rack": 7}')).servers).toEqual(one)
  expect((await readAs('a.ndjson', '{"id":"104","address":"a","labels":{"rack":"7"}}\n')).servers).toEqual(one)
  expect((await readAs('a.yaml', 'name: 104\nhost: a\nrack: 7\n')).servers).toEqual(one)
  expect((await readAs('a.yaml', 'id: {a: 1, a: 2}\nplugin: {b: 1, b: 2}\n')).unreadable).toEqual([
    { id: 'id', problem: 'line 1: the key "a" is there twice' },
    { id: 'plugin', problem: 'line 2: the key "b" is there twice' },
  ])
})

test('settings say where the ID, the address and the labels are', async () => {
  const places = { id: '/device/name', address: '/net/0/ip', labels: { model: '/device/type', rack: 'where' } }
  const text = '[{"device": {"name": "n1", "type": "R640"}, "net": [{"ip": "::1"}], "where": 7, "more": 1}, {"device": {"name": "n2"}}, {"device": {"name": "n3", "type": {}}}]'
  expect(await readAs('a.json', text, places)).toEqual({
    servers: [{ id: 'n1', address: '::1', labels: { model: 'R640', rack: '7' } }, { id: 'n2', labels: {} }],
    unreadable: [{ id: 'n3', problem: 'entry 3: /device/type: expected a text, a number or a truth value, got an object' }],
    notes: [],
  })
  expect((await readAs('a.csv', 'Serial No,Mgmt,rack,pass\nS1,10.0.0.1,A1,x\n', { id: 'Serial No', address: 'Mgmt', labels: ['rack'] })).servers).toEqual([{ id: 'S1', address: '10.0.0.1', labels: { rack: 'A1' } }])
})

test('what is wrong with an entry is told of that, and the others are read', async () => {
  const list = '- 104\n- true\n- [1]\n- {address: a}\n- id: {a: 1}\n- {id: a b}\n- {id: x, address: "-oProxyCommand=x"}\n- {id: y, labels: [a]}\n- {id: z, a: 1, a: 2}\n- 105\n'
  expect(await readAs('a.yaml', list)).toEqual({
    servers: [{ id: '104', labels: {} }, { id: '105', labels: {} }],
    unreadable: [
      { id: 'line 2', problem: 'line 2: expected an ID or the fields of a server, got true' },
      { id: 'line 3', problem: 'line 3: expected an ID or the fields of a server, got a list' },
      { id: 'line 4', problem: 'line 4: has no ID: there is no id and no name in it' },
      { id: 'line 5', problem: 'line 5: id: expected a text or a number, got an object' },
      { id: 'a b', problem: 'line 6: "a b" is no server ID: a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all' },
      { id: 'x', problem: 'line 7: "-oProxyCommand=x" is no name and no IP address of a host' },
      { id: 'y', problem: 'line 8: labels: expected an object of labels, got a list' },
      { id: 'line 9', problem: 'line 9: the key "a" is there twice' },
    ],
    notes: [],
  })
  expect((await readAs('a.json', '[104, null, {"name": true}, {"id": "x", "ip": {}}]')).unreadable).toEqual([
    { id: 'entry 2', problem: 'entry 2: expected an ID or the fields of a server, got null' },
    { id: 'entry 3', problem: 'entry 3: name: expected a text or a number, got true' },
    { id: 'x', problem: 'entry 4: ip: expected a text, got an object' },
  ])
  expect(await readAs('a.ndjson', '{"id": 1}\nnot\n{"id": 2}\n')).toMatchObject({ servers: [{ id: '1' }, { id: '2' }], unreadable: [{ id: 'line 2', problem: 'line 2: is no JSON' }] })
})

test('lines of CSV that do not fit the header are named by their number, also after quoted line breaks', async () => {
  expect(await readAs('a.csv', 'id,note\n1,"two\nlines, ""said"""\n2\n\n3,x,y\n,z\n4,5" disk\n')).toEqual({
    servers: [{ id: '1', labels: { note: 'two\nlines, "said"' } }, { id: '4', labels: { note: '5" disk' } }],
    unreadable: [
      { id: '2', problem: 'line 4: has 1 fields where the header has 2' },
      { id: '3', problem: 'line 6: has 3 fields where the header has 2' },
      { id: 'line 7', problem: 'line 7: has no ID: there is no id and no name in it' },
    ],
    notes: [],
  })
})

test('IDs that are there twice are dropped with a note, and those that differ only in case are named', async () => {
  const text = '{"a": {"rack": 1}, "b": {}, "A": {}, "a": {"rack": 2}}'
  const expected = {
    servers: [{ id: 'a', labels: { rack: '1' } }, { id: 'b', labels: {} }],
    unreadable: [{ id: 'A', problem: expect.stringMatching(/^(?:entry 3|line 1): A and a differ only in case: their logs would be one file$/) as string }],
    notes: ['a is there more than once: the first entry counts'],
  }
  expect(await readAs('a.json', text)).toEqual(expected)
  expect(await readAs('a.yaml', text)).toEqual(expected)
})

test('names of object internals are labels and IDs like any other', async () => {
  const { servers } = await readAs('a.json', '[{"id": "constructor", "__proto__": "p", "toString": 1}, {"id": "n", "labels": {"__proto__": "q", "constructor": "c"}}]')
  expect(servers.map(({ id, labels }) => [id, Object.entries(labels)])).toEqual([['constructor', [['__proto__', 'p'], ['toString', '1']]], ['n', [['__proto__', 'q'], ['constructor', 'c']]]])
  expect(servers.map(({ labels }) => Object.getPrototypeOf(labels) === Object.prototype)).toEqual([true, true])
  expect((await readAs('a.csv', 'id,__proto__\nhasOwnProperty,x\n')).servers.map(({ id, labels }) => [id, Object.entries(labels)])).toEqual([['hasOwnProperty', [['__proto__', 'x']]]])
})

test('labels are bounded, and what promises a secret is no label unless it is asked for', async () => {
  const many = Object.fromEntries(Array.from({ length: 102 }, (_, index) => [`l${index}`, index]))
  const { servers, notes } = await readAs('a.json', JSON.stringify([{ id: 1, ...many }, { id: 2, long: 'x'.repeat(1001), ['n'.repeat(129)]: 1, bmc_password: 'geheim', 'api-key': 'x', tokens: 4 }]))
  expect(servers.map(({ labels }) => Object.keys(labels))).toEqual([Array.from({ length: 100 }, (_, index) => `l${index}`), ['tokens']])
  expect(notes).toEqual([
    'left out of 2 servers: every label after the first 100',
    'left out of 1 server: "bmc_password", whose name promises a secret',
    'left out of 1 server: "api-key", whose name promises a secret',
    'left out of 1 server: the label "long", whose value is longer than 1000 characters',
    `left out of 1 server: the label "${'n'.repeat(80)}...", whose name is longer than 128 characters`,
  ])
  expect((await readAs('a.csv', 'id,token\n1,abc\n', { labels: ['token'] })).servers).toEqual([{ id: '1', labels: { token: 'abc' } }])
})

describe('a file that cannot be used as a whole is refused, with the place:', () => {
  test.each([
    ['broken YAML', 'a.yaml', 'a:\n  - b\n c: [', 'a.yaml: line 3, column 1: '],
    ['a line break of another kind in broken YAML', 'a.yaml', '|\r', 'a.yaml: line 1, column 2: Not a YAML token:'],
    ['two documents', 'a.yaml', '- 1\n---\n- 2\n', 'a.yaml: line 2, column 1: a second document begins here: keep one in a file'],
    ['an empty file', 'a.yaml', '# nothing\n', 'a.yaml: is empty'],
    ['a text in YAML', 'a.yaml', 'servers', 'a.yaml: line 1: expected a list of servers, or an object that is keyed by ID'],
    ['broken JSON', 'a.json', '[\n  {"id": 1},\n  {"id" 2}\n]', 'a.json: line 3, column 9: is no JSON from here on'],
    ['JSON that is cut short', 'a.json', '[\n{"id": 1', 'a.json: line 2, column 9: is no JSON from here on'],
    ['a number in JSON with a zero before it', 'a.json', '[0123]', 'a.json: line 1, column 3: is no JSON from here on'],
    ['an empty JSON file', 'a.json', ' \n', 'a.json: is empty'],
    ['a number in JSON', 'a.json', '5', 'a.json: expected a list of servers, or an object that is keyed by ID, got 5'],
    ['the list of ansible-inventory', 'a.json', '{"_meta": {"hostvars": {}}, "all": {"children": ["x"]}}', 'a.json: is what ansible-inventory --list prints: print it with ansible-inventory --list --yaml, and it can be read'],
    ['CSV without a column for the ID', 'a.csv', 'serial,ip\n1,2\n', 'a.csv: line 1: there is no column id or name; the columns are "serial", "ip"; say which it is with "id:"'],
    ['CSV with a column that is there twice', 'a.csv', 'id,rack,rack\n1,2,3\n', 'a.csv: line 1: two columns are called "rack": rename one'],
    ['CSV with a quotation mark that is not closed', 'a.csv', 'id,a\n1,2\n3,"4\n5,6\n', 'a.csv: line 3: a quotation mark is opened and not closed, or the line is longer than 1 MiB'],
    ['an empty CSV file', 'a.csv', '', 'a.csv: is empty'],
    ['an encrypted file', 'a.yaml', '$ANSIBLE_VAULT;1.1;AES256\n6162\n', 'a.yaml: is encrypted by Ansible Vault: decrypt it first'],
    ['bytes', 'a.json', Buffer.from([0x5b, 0xc3, 0x28]), 'a.json: is no text in UTF-8'],
    ['UTF-16', 'a.csv', Buffer.from('\uFEFFid\n1\n', 'utf16le'), 'a.csv: is no text in UTF-8, but in UTF-16: save it as UTF-8'],
    ['YAML of aliases of aliases', 'a.yaml', aliasesOfAliases, 'a.yaml: its aliases stand for more than 5000000 values'],
    ['more entries than can be taken', 'a.csv', `id\n${'1\n'.repeat(100_001)}`, 'a.csv: has more than 100000 entries: no more servers can be taken at once'],
  ])('%s', async (_name, file, content, problem) => {
    const problems = await refusalOf(file, content)
    expect([problems.length, problems[0]?.slice(0, problem.length)]).toEqual([1, problem])
  })
})

test('a file that is not there, a folder, one that is too large and one that may not be read are told apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rackbench-inventory-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const large = join(folder, 'large.csv')
  await writeFile(large, 'id\n')
  await truncate(large, 64 * 1024 * 1024 + 1)
  const closed = join(folder, 'closed.csv')
  await writeFile(closed, 'id\n1\n')
  await chmod(closed, 0o000)
  const read = (path: string) => openFileInventory({ path }).read({ signal: new AbortController().signal, log: () => {} })
  await expect(read(join(folder, 'none.yaml'))).rejects.toThrow(new UsageError([`${join(folder, 'none.yaml')}: no such file`]))
  await expect(read(folder)).rejects.toThrow(new UsageError([`${folder}: is a directory, not a file`]))
  await expect(read(large)).rejects.toThrow(new UsageError([`${large}: is larger than 64 MiB`]))
  if (process.getuid?.() !== 0) await expect(read(closed)).rejects.toThrow(new DefectError(`${closed}: permission denied`))
})

test('reading stops when it is told to', async () => {
  const reason = new Error('stopped')
  await expect(openFileInventory({ path: '/dev/zero' }).read({ signal: AbortSignal.abort(reason), log: () => {} })).rejects.toBe(reason)
})

describe('settings that are wrong are told, one line each:', () => {
  test.each<[Readonly<Record<string, unknown>>, readonly string[]]>([
    [{}, ['inventory: file: path: expected a string, but it is missing']],
    [{ path: 'a', format: 'xml', paths: 1 }, ['inventory: file: format: expected yaml | json | csv | ansible-yaml | ansible-ini, got "xml"', 'inventory: file: unknown key "paths"; the settings of file are path, format, id, address, labels, group']],
    [{ path: 'a', id: '/a~2', labels: 5 }, ['inventory: file: id: expected the name of a column or key, or a JSON pointer such as /network/ip, got "/a~2"', 'inventory: file: labels: expected a list of columns or keys, or an object of labels with their places, got 5']],
    [{ path: 'a', format: 'csv', group: 'web' }, ['inventory: file: group: only an Ansible inventory has groups, and format is csv']],
    [{ path: 'a', format: 'ansible-ini', id: 'x' }, ['inventory: file: id: an Ansible inventory tells this in its own words, and format is ansible-ini']],
  ])('%j', (settings, problems) => {
    expect(() => openFileInventory(settings)).toThrow(new UsageError(problems))
  })
})

test('servers by ID under "servers" are refused, and not taken for one server of that name', async () => {
  for (const [name, text] of [['a.json', '{"servers": {"104": {"address": "10.0.0.4"}}}'], ['a.yaml', 'servers:\n  "104": {address: 10.0.0.4}\n']] as const) {
    expect(await refusalOf(name, text)).toEqual([expect.stringContaining('expected a list under "servers", got an object')])
  }
  expect((await readAs('a.json', '{"servers": {"address": "a", "labels": {"x": "y"}}}')).servers).toEqual([{ id: 'servers', address: 'a', labels: { x: 'y' } }])
})
