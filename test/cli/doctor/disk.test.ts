import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryDisk } from '../../../src/cli/doctor/disk.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackbench-disk-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a folder that is there, or is to be made, is written to, and nothing is left in it', async () => {
  for (const path of [folder, join(folder, 'to/be/made')]) expect(await tryDisk(path)).toEqual({ is: 'writable', freeBytes: expect.any(Number), freeFiles: expect.toSatisfy((count) => count === undefined || count >= 0) })
  expect(await readdir(folder)).toEqual([])
})

test('what is a file, or below one, cannot be written to', async () => {
  await writeFile(join(folder, 'file'), '')
  for (const path of ['file', 'file/out', 'file/a/b']) expect(await tryDisk(join(folder, path))).toEqual({ is: 'not writable', code: 'ENOTDIR' })
})

test('a link that leads in a circle cannot be written to', async () => {
  await symlink('loop', join(folder, 'loop'))
  expect(await tryDisk(join(folder, 'loop/out'))).toEqual({ is: 'not writable', code: 'ELOOP' })
})

test('a file system without a place for files cannot be written to', async () => {
  expect(await tryDisk('/proc/self/rackbench-out')).toMatchObject({ is: 'not writable' })
})
