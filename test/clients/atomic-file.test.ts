import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeWhole } from '../../src/clients/atomic-file.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'rackbench-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test.each([true, false])('a file has all chunks in order, and nothing is left beside it (durable: %s)', async (durable) => {
  const chunks = Array.from({ length: 5000 }, (_, index) => `line ${index} \u00e9\u{1f600}\n`.repeat(5))
  await writeWhole(path.join(directory, 'a.txt'), chunks, { durable })
  expect(await readFile(path.join(directory, 'a.txt'), 'utf8')).toBe(chunks.join(''))
  expect(await readdir(directory)).toEqual(['a.txt'])
})

test('no chunks make an empty file', async () => {
  await writeWhole(path.join(directory, 'a.txt'), [], { durable: false })
  expect(await readFile(path.join(directory, 'a.txt'), 'utf8')).toBe('')
})

test('what a killed process left behind is overwritten', async () => {
  await writeFile(path.join(directory, '.a.txt.part'), 'half of a much longer text')
  await writeWhole(path.join(directory, 'a.txt'), ['new'], { durable: false })
  expect(await readFile(path.join(directory, 'a.txt'), 'utf8')).toBe('new')
  expect(await readdir(directory)).toEqual(['a.txt'])
})

test('a link in the place of what is being written is removed, and what it points at is not touched', async () => {
  await writeFile(path.join(directory, 'mine.txt'), 'mine')
  await symlink('mine.txt', path.join(directory, '.a.txt.part'))
  await writeWhole(path.join(directory, 'a.txt'), ['new'], { durable: false })
  expect(await readFile(path.join(directory, 'a.txt'), 'utf8')).toBe('new')
  expect(await readFile(path.join(directory, 'mine.txt'), 'utf8')).toBe('mine')
  expect(await readdir(directory)).toEqual(['a.txt', 'mine.txt'])
})

test('while a file is being written, and when that fails, the old one stands', async () => {
  const file = path.join(directory, 'a.txt')
  await writeFile(file, 'old')
  function* chunks(): Iterable<string> {
    yield 'x'.repeat(1_000_000)
    throw new Error('no more')
  }
  await expect(writeWhole(file, chunks(), { durable: true })).rejects.toThrow('no more')
  expect(await readFile(file, 'utf8')).toBe('old')
  expect(await readdir(directory)).toEqual(['a.txt'])
})

test('a place that cannot be written is told by the file system', async () => {
  await expect(writeWhole(path.join(directory, 'absent', 'a.txt'), ['x'], { durable: false })).rejects.toThrow('ENOENT')
  await mkdir(path.join(directory, 'b.txt', 'c'), { recursive: true })
  await expect(writeWhole(path.join(directory, 'b.txt'), ['x'], { durable: false })).rejects.toThrow(/EISDIR|ENOTEMPTY/)
  expect(await readdir(directory)).toEqual(['b.txt'])
})

test('of processes that write a shared file at the same time one wins, and the file is whole', async () => {
  const file = path.join(directory, 'a.txt')
  const texts = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(300_000))
  await Promise.all(texts.map((text) => writeWhole(file, [text.slice(0, 150_000), text.slice(150_000)], { durable: true, shared: true })))
  expect(texts).toContain(await readFile(file, 'utf8'))
  expect(await readdir(directory)).toEqual(['a.txt'])
})
