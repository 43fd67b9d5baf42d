import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readText, reasonOf } from '../../src/config/read-text.ts'
import { inFolder } from './in-folder.ts'

async function read(files: Record<string, string>, name: string, limit: number) {
  return inFolder(files, async (folder) => {
    const problems: string[] = []
    const text = await readText(join(folder, name), { limit, label: name }, (problem) => problems.push(problem))
    return { text, problems }
  })
}

const mebibyte = 1024 * 1024

test('a text is read whole, without its byte order mark', async () => {
  expect(await read({ a: '\uFEFFgrün\r\n' }, 'a', mebibyte)).toEqual({ text: 'grün\r\n', problems: [] })
})

test('a text is read up to its limit and not beyond', async () => {
  expect((await read({ a: 'x'.repeat(3 * mebibyte) }, 'a', 3 * mebibyte)).text).toHaveLength(3 * mebibyte)
  expect(await read({ a: 'x'.repeat(3 * mebibyte + 1) }, 'a', 3 * mebibyte)).toEqual({ text: undefined, problems: ['a: is larger than 3 MiB'] })
})

test('what cannot be read is told in one line', async () => {
  expect((await read({}, 'a', 1)).problems).toEqual(['a: no such file'])
  expect((await read({ 'a/b': '' }, 'a', 1)).problems).toEqual(['a: is a directory, not a file'])
  expect((await read({}, 'a\0b', 1)).problems).toHaveLength(1)
  expect(reasonOf(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }))).toBe('permission denied')
  expect(reasonOf(new Error('two\nlines'))).toBe('cannot be read: "two\\nlines"')
})
