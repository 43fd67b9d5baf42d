/* oxlint-disable no-control-regex -- control characters are what is kept out */
import fc from 'fast-check'
import { stringify } from 'yaml'
import { expect, test } from 'vitest'
import { readInventoryText } from '../../src/inventory/file-read.ts'
import { fileFormats } from '../../src/inventory/file-settings.ts'
import { UsageError } from '../../src/model/problem.ts'
import type { Reading } from '../../src/model/inventory.ts'
import { asIni, asYaml, drawnInventory } from '../fixtures/ansible-inventory.ts'

interface Drawn {
  readonly id: string
  readonly address?: string
  readonly labels: Readonly<Record<string, string>>
}

const id = fc.oneof(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/), fc.constantFrom('0101', '1e3', '104', '12', '7', '12345678901234567890', '0x1F', 'null', 'true', 'constructor', 'toString'))
const labelName = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_. -]{0,8}[a-z0-9]$/), fc.constantFrom('model', 'rack', '__proto__', 'constructor', '104', '0x1F')).filter((name) => !/^(?:id|name|address|host|ip|labels|groups|ansible_.*)$|pass|token|secret|cred|pwd|key|auth|pin|community|^servers$|^plugin$/i.test(name))
const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => text.toWellFormed().replaceAll(/[\0-\u001f\u007f-\u009f\ufeff\ufffd\u2028\u2029\ufffe\uffff]/g, '_').trim()).filter((text) => text !== '')
const fleet: fc.Arbitrary<readonly Drawn[]> = fc.uniqueArray(
  fc.record({ id, address: fc.constantFrom('10.0.0.1', 'a.example', 'fe80::1'), labels: fc.dictionary(labelName, value, { maxKeys: 5 }) }, { requiredKeys: ['id', 'labels'] }),
  { selector: (server) => server.id.toLowerCase(), minLength: 1, maxLength: 12 },
)

async function read(path: string, text: string): Promise<Reading> {
  return readInventoryText(text, { path })
}

/** Labels compared without their order, since keys that are numbers have one of their own. */
function pairs(servers: readonly Drawn[]): unknown[] {
  return servers.map(({ id: of, address, labels }) => [of, address, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

function csv(servers: readonly Drawn[], delimiter: string, end: string): string {
  const names = [...new Set(servers.flatMap(({ labels }) => Object.keys(labels)))]
  const quoted = (text: string): string => (/^[\w.]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`)
  const labelOf = (labels: Drawn['labels'], name: string): string => (Object.hasOwn(labels, name) ? labels[name]! : '')
  const lines = [['id', 'address', ...names], ...servers.map(({ id: of, address = '', labels }) => [of, address, ...names.map((name) => labelOf(labels, name))])]
  return lines.map((line) => `${line.map(quoted).join(delimiter)}${end}`).join('')
}

/** By hand: an object of JavaScript would put keys that are numbers first. */
function keyed(servers: readonly Drawn[], fieldsOf: (server: Drawn) => unknown): string {
  return `{${servers.map((server) => `${JSON.stringify(server.id)}: ${JSON.stringify(fieldsOf(server))}`).join(',\n')}}`
}

test('what is written as JSON, as lines of it, as YAML or as CSV is read back as the same servers', async () => {
  await fc.assert(
    fc.asyncProperty(fleet, fc.constantFrom(',', ';', '\t'), fc.constantFrom('\n', '\r\n'), async (servers, delimiter, end) => {
      const written: readonly (readonly [string, string])[] = [
        ['a.json', JSON.stringify(servers)],
        ['a.json', keyed(servers, ({ address, labels }) => ({ address, labels }))],
        ['a.json', keyed(servers, (server) => server)],
        ['a.ndjson', servers.map((server) => `${JSON.stringify(server)}${end}`).join('')],
        ['a.json', JSON.stringify({ servers }, undefined, 2)],
        ['a.yaml', stringify(servers)],
        ['a.yaml', keyed(servers, (server) => server)],
        ['a.csv', csv(servers, delimiter, end)],
      ]
      for (const [path, text] of written) {
        const reading = await read(path, text)
        expect([text, pairs(reading.servers), reading.unreadable, reading.notes]).toEqual([text, pairs(servers), [], []])
      }
    }),
    { numRuns: 60 },
  )
})

test('an Ansible inventory is the same servers in INI and in YAML, whose labels a host has from itself or from a group that it is in', async () => {
  await fc.assert(
    fc.asyncProperty(drawnInventory, async (drawn) => {
      const [ini, yaml] = [await read('a.ini', asIni(drawn)), await read('a.yaml', asYaml(drawn))]
      expect(ini).toEqual(yaml)
      expect(ini.servers.map((server) => server.id)).toEqual(drawn.hosts.map(({ name }) => name))
      for (const { id: of, labels } of ini.servers) {
        const own = drawn.hosts.find(({ name }) => name === of)?.vars ?? {}
        const groups = (labels['groups'] ?? '').split(',')
        const inherited = drawn.groups.filter(({ name }) => groups.includes(name))
        expect(drawn.groups.filter(({ hosts }) => hosts.includes(of)).every(({ name }) => groups.includes(name))).toBe(true)
        for (const [name, text] of Object.entries(labels)) {
          if (name === 'groups') continue
          expect(Object.hasOwn(own, name) ? [own[name]] : inherited.filter(({ vars }) => Object.hasOwn(vars, name)).map(({ vars }) => vars[name])).toContain(text)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('no text whatever does more than be read or be refused', async () => {
  const piece = fc.oneof(
    fc.constantFrom('[', ']', '{', '}', ':', ',', '"', "'", '\n', '\n  ', '- ', '#', '=', '&a ', '*a', '<<: ', '!vault ', '|', '? ', '[g]\n', '[g:children]\n', '[g:vars]\n', 'all:', 'hosts:', '[1:3]', '[a:', '\\', '\t', '\r', ';', 'id', 'null', '1e3', '__proto__', '\u001b[31m', '{{ x }}', '%YAML 1.1\n', '--- '),
    fc.string({ maxLength: 4 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...fileFormats, undefined), fc.constantFrom('a', 'a.json', 'a.yml', 'a.csv', 'a.ini'), async (pieces, format, path) => {
      const text = pieces.join('')
      try {
        const { servers, unreadable, notes } = await readInventoryText(text, { path, ...(format !== undefined && { format }) })
        expect(new Set(servers.map((server) => server.id.toLowerCase())).size).toBe(servers.length)
        for (const line of [...unreadable.flatMap(({ id: of, problem }) => [of, problem]), ...notes]) expect(line).not.toMatch(/[\n\r\u001b]/)
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        expect(error.problems.filter((problem) => problem === '' || /[\n\r]/.test(problem))).toEqual([])
      }
    }),
    { numRuns: 2000 },
  )
})
