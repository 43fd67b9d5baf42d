import { expect, test } from 'vitest'
import { formatOf } from '../../src/inventory/file-format.ts'

test.each([
  ['a.yml', '[web]\n', 'yaml'],
  ['a.JSON', 'x', 'json'],
  ['a.ndjson', 'x', 'json'],
  ['a.tsv', 'x', 'csv'],
  ['a.ini', '{}', 'ansible-ini'],
  ['hosts', '[web]\nw1\n', 'ansible-ini'],
  ['hosts', '; none\n# said\n\n[web:vars] # x\n', 'ansible-ini'],
  ['hosts', 'w1 ansible_host=10.0.0.1,x\n', 'ansible-ini'],
  ['hosts', '101\n102\n', 'ansible-ini'],
  ['hosts', '[1:3].example\n', 'ansible-ini'],
  ['fleet', '["a"]', 'json'],
  ['fleet', '[101, 102]', 'json'],
  ['fleet', '[\n101]', 'json'],
  ['fleet', '{"a": {}}', 'json'],
  ['fleet', 'all:\n  hosts:\n', 'yaml'],
  ['fleet', '- 1\n', 'yaml'],
  ['fleet', '---\n', 'yaml'],
  ['fleet', 'id,address\n', 'csv'],
  ['fleet', 'Name\n1\n', 'csv'],
  ['fleet', 'a;b\n', 'csv'],
  ['fleet', '', 'ansible-ini'],
])('%s with %j is %s', (path, text, format) => {
  expect(formatOf(path, text)).toBe(format)
})
