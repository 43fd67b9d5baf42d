import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { yamlItems } from '../../src/inventory/file-yaml.ts'
import { yamlStretches } from '../../src/inventory/yaml-stretches.ts'
import { viewYaml } from '../../src/inventory/yaml-view.ts'

async function whole(text: string): Promise<unknown> {
  return [...yamlItems(await viewYaml(text, 'fleet.yaml'), 'fleet.yaml')]
}

async function inStretches(text: string, length: number): Promise<unknown> {
  const items: unknown[] = []
  for (const stretch of yamlStretches(text, length) ?? []) items.push(...yamlItems(await viewYaml(stretch.text, 'fleet.yaml', stretch.firstLine), 'fleet.yaml'))
  return items
}

const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constantFrom('- x', 'a: b', '# no comment', '80', '007', 'true', '~', '', 'a\nb', '\n\n  c\n', 'servers:', "it's", '"', '---', 'R&D', 'x'.repeat(100)))
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 2 }, word, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(word, tie('any'), { maxKeys: 3 })),
})).any
const entries = fc.array(fc.dictionary(fc.constantFrom('id', 'address', 'labels', 'note', 'more'), value, { minKeys: 1, maxKeys: 4 }), { minLength: 1, maxLength: 8 })
const style = fc.record({ indent: fc.constantFrom(2, 4), indentSeq: fc.boolean(), lineWidth: fc.constantFrom(0, 20, 80), blockQuote: fc.constantFrom('folded', 'literal', false) })

describe('a long text', () => {
  test('is read in stretches as it is read as a whole, with the same lines, whatever its entries and its style', async () => {
    let read = 0
    await fc.assert(fc.asyncProperty(entries, style, fc.constantFrom('list', 'servers', 'keyed'), fc.boolean(), async (those, { blockQuote, ...how }, form, hasBegin) => {
      const data = form === 'list' ? those : form === 'servers' ? { servers: those } : Object.fromEntries(those.map((entry, index) => [`n-${index}`, entry]))
      const text = `${hasBegin ? '# the fleet\n---\n' : ''}${stringify(data, { ...how, blockQuote: blockQuote as 'literal', aliasDuplicateObjects: false })}`
      for (const length of [1, 50]) {
        if (!yamlStretches(text, length)) return
        read += 1
        expect(await inStretches(text, length)).toEqual(await whole(text))
      }
    }), { numRuns: 400 })
    expect(read).toBeGreaterThan(100)
  })

  const many = '- id: a\n- id: b\n- id: c\n'
  const kept: readonly (readonly [string, string])[] = [
    ['is short', '- id: a\n'],
    ['has an anchor', `${many}- &x {id: d}\n`],
    ['has an alias', `${many}- {id: d, labels: *x}\n`],
    ['has a second document', `${many}---\n${many}`],
    ['has something beside its list', `servers:\n${many}more: 1\n`],
    ['closes a bracket at the margin', `${many}- {id: d\n}\n`],
    ['is one server', 'id: a\naddress: b\nlabels: {a: b}\n'],
    ['is keyed below servers', 'servers:\n  a: {}\n  b: {}\n  c: {}\n'],
    ['is an inventory of Ansible', 'web:\n  hosts:\n    a:\n    b:\n'],
    ['has keys of another kind', 'a: {}\n? b\n: {}\n'],
    ['is empty', '\n\n# nothing here, and a lot of it\n'],
  ]
  test.for(kept)('is read as a whole if it %s', ([, text]) => {
    expect(yamlStretches(text, 10)).toBeUndefined()
  })

  test('has the line of what is wrong in it, in whichever stretch that is', async () => {
    const text = 'a: {}\nb: {}\nc: {id: [}\n'
    await expect(inStretches(text, 1)).rejects.toThrow(/^fleet.yaml: line 3, column 10: /)
  })

  test('is split before an entry, and nowhere else', () => {
    expect([...(yamlStretches('# fleet\nservers:\n# first\n  - id: a\n    note: |\n      - x\n\n  # second\n  - id: b\n  -\n    id: c\n', 1) ?? [])]).toEqual([
      { text: '  - id: a\n    note: |\n      - x\n\n  # second\n', firstLine: 4 },
      { text: '  - id: b\n', firstLine: 9 },
      { text: '  -\n    id: c\n', firstLine: 10 },
    ])
  })
})
