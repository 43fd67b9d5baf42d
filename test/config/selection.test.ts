import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Selecting } from '../../src/config/selection.ts'
import { expandServers } from '../../src/config/selection.ts'
import { isServerId } from '../../src/model/server.ts'
import { inFolder } from './in-folder.ts'

const rule = 'an ID is a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all'

async function selected(args: readonly string[], more: Partial<Selecting> & { readonly files?: Record<string, string> } = {}) {
  const { files = {}, ...rest } = more
  return inFolder(files, async (folder) => {
    const problems: string[] = []
    const { ids, duplicates } = await expandServers({ args, folder, ...rest }, (problem) => problems.push(problem))
    return { ids, duplicates, problems }
  })
}

const only = (...ids: string[]) => ({ ids, duplicates: 0, problems: [] })

test('IDs and ranges come in the order of the arguments, several in one if need be', async () => {
  expect(await selected(['103 101', 'b-[01-02],a', ' 7-8\t9 \n'])).toEqual(only('103', '101', 'b-01', 'b-02', 'a', '7', '8', '9'))
})

test('an ID that is named again is counted and taken once', async () => {
  expect(await selected(['1-3', '2', '3 1'])).toEqual({ ids: ['1', '2', '3'], duplicates: 3, problems: [] })
})

test('a file is taken literally: no ranges, no files, comments and foreign line ends', async () => {
  const text = '\uFEFF101 102\r\n# a comment\r\n01-02 # 7\r\n\r103#x\n'
  expect(await selected(['@list.txt'], { files: { 'list.txt': text } })).toEqual(only('101', '102', '01-02', '103'))
  expect(await selected(['@list.txt'], { files: { 'list.txt': 'a\r\nb\r@list.txt\n1,2' } })).toEqual({
    ids: ['a', 'b'],
    duplicates: 0,
    problems: [`@list.txt line 3: "@list.txt" is not a server ID: ${rule}`, `@list.txt line 4: "1,2" is not a server ID: ${rule}`],
  })
})

test('standard input is read once, and like a file', async () => {
  let reads = 0
  const readStdin = async () => `\uFEFF1-3 ${++reads}\n`
  expect(await selected(['-', 'x', '-'], { readStdin })).toEqual({ ids: ['1-3', '1', 'x'], duplicates: 2, problems: [] })
})

test('standard input that breaks, is empty, or too large is told', async () => {
  const broken = async () => {
    throw Object.assign(new Error('read EIO'), { code: 'EIO' })
  }
  expect((await selected(['-'], { readStdin: broken })).problems).toEqual(['-: standard input cannot be read: "read EIO"'])
  expect((await selected(['-'], { readStdin: async () => '# none\n' })).problems).toEqual(['-: holds no server IDs'])
  expect((await selected(['-'], { readStdin: async () => ' '.repeat(64 * 1024 * 1024 + 1) })).problems).toEqual(['-: standard input is larger than 64 MiB'])
})

test('without standard input - is a word like any other', async () => {
  expect((await selected(['-', '@'])).problems).toEqual([`"-" is not a server ID: ${rule}`, `"@" is not a server ID: ${rule}`])
})

describe('each bad argument has its line', () => {
  test.each([
    ['', 'an empty server argument: is the Jenkins parameter SERVERS set?'],
    ['101\n102', '"101\\n102" is not a server ID: an ID is a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all'],
    [' ,\n', 'an empty server argument: is the Jenkins parameter SERVERS set?'],
    ['../../etc/passwd', `"../../etc/passwd" is not a server ID: ${rule}`],
    ['a\u001Bb', `"a\\u001bb" is not a server ID: ${rule}`],
    ['x'.repeat(200), `"${'x'.repeat(80)}..." is not a server ID: ${rule}`],
    ['../[1-3]', `"../[1-3]" does not give server IDs: ${rule}`],
    ['n[1-', `"n[1-" is not a server ID: ${rule}`],
    ['3-1', '"3-1": the range runs backwards, from 3 to 1'],
    ['1-100001', '"1-100001" holds more than 100000 servers'],
    ['1-99999999999999999999999', '"1-99999999999999999999999" holds more than 100000 servers'],
    ['@missing', '@missing: no such file'],
    ['@sub', '@sub: is a directory, not a file'],
    ['@sub/list/x', '@sub/list/x: no such file'],
    ['@empty', '@empty: holds no server IDs'],
    ['A1 a1', 'a1 and A1 differ only in case: their logs would be one file'],
  ])('%j', async (arg, problem) => {
    expect((await selected([arg], { files: { 'sub/list': '', empty: '' } })).problems).toEqual([problem])
  })
})

test('in a configuration each line says so', async () => {
  expect((await selected(['', '@none', '!'], { label: 'c.yaml: servers' })).problems).toEqual([
    'c.yaml: servers: an empty text names no servers',
    'c.yaml: servers: @none: no such file',
    `c.yaml: servers: "!" is not a server ID: ${rule}`,
  ])
})

test('of many bad IDs twenty are told, and how many more there are', async () => {
  const { problems } = await selected(['@list'], { files: { list: '!\n'.repeat(50) } })
  expect(problems).toHaveLength(21)
  expect(problems.slice(-2)).toEqual([`@list line 20: "!" is not a server ID: ${rule}`, 'and 30 more'])
})

test('the limit of servers is told once, and nothing is read behind it', async () => {
  expect(await selected(['1-100000'])).toMatchObject({ ids: { length: 100_000 }, problems: [] })
  expect((await selected(['1-99999', 'a', 'b-[1-9]', '!', 'c', '@missing'])).problems).toEqual(['more than 100000 servers in all'])
  const list = Array.from({ length: 100_010 }, (_, index) => `s${index}`).join('\n')
  expect((await selected(['@list'], { files: { list } })).problems).toEqual(['@list line 100001: more than 100000 servers in all'])
})

test('whatever stands in an argument gives server IDs, each once, or problems of one line', async () => {
  const word = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[@a-c0-9[\]\-., #]{0,20}$/), fc.stringMatching(/^[a-z]?\[?\d{1,9}-\d{1,9}\]?$/))
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (args) => {
      const problems: string[] = []
      const { ids } = await expandServers({ args, folder: '/nowhere', readStdin: async () => args.join('\n') }, (problem) => problems.push(problem))
      expect(ids.every(isServerId)).toBe(true)
      expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(ids.length)
      expect(problems.filter((problem) => problem === '' || problem.includes('\n'))).toEqual([])
      expect(ids.length > 0 || problems.length > 0 || args.length === 0).toBe(true)
    }),
  )
})
