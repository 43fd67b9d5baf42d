import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStateFile, readState } from '../../src/simulator/state-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackbench-state-'))
})
afterEach(() => rm(folder, { recursive: true }))

const recordOf = (operations: number) => ({ version: 1 as const, operations, machines: [] })

test('what is saved is read back, and nothing else is left beside it', async () => {
  const file = join(folder, 'rack.json')
  expect(await readState(file)).toBeUndefined()
  const state = openStateFile(file, () => recordOf(7), expect.unreachable)
  state.changed()
  await state.saved()
  expect([await readState(file), await readdir(folder)]).toEqual([recordOf(7), ['rack.json']])
})

test('whoever asks while it is written hears only when what is new is in the file', async () => {
  const file = join(folder, 'rack.json')
  let operations = 0
  let writes = 0
  const state = openStateFile(file, () => (writes++, recordOf(operations)), expect.unreachable)
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await new Promise((resolve) => setImmediate(resolve))
      operations = index + 1
      state.changed()
      const own = operations
      await state.saved()
      expect((await readState(file))!.operations).toBeGreaterThanOrEqual(own)
    }),
  )
  expect(writes).toBeLessThan(10)
})

test('a file that cannot be written is told, and keeps nobody waiting', async () => {
  const problems: string[] = []
  const file = join(folder, 'none', 'rack.json')
  const state = openStateFile(file, () => recordOf(1), (problem) => problems.push(problem))
  state.changed()
  await state.saved()
  expect(problems).toEqual([expect.stringContaining(`the state cannot be written to ${file}: ENOENT`)])
})

test('something else is not taken for a state, and stands as it was', async () => {
  const file = join(folder, 'rack.json')
  await writeFile(file, '{"version": 2}')
  await expect(readState(file)).rejects.toThrow(`--state: ${file}: is not the state of a simulator: version: expected 1, got 2`)
  await writeFile(file, 'servers: {}')
  await expect(readState(file)).rejects.toThrow('is not the state of a simulator: no JSON')
  await mkdir(join(folder, 'folder'))
  await expect(readState(join(folder, 'folder'))).rejects.toThrow('cannot be read: EISDIR')
  expect(await readFile(file, 'utf8')).toBe('servers: {}')
})
