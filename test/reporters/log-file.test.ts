import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLogFile } from '../../src/reporters/log-file.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rackbench-file-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A clock that makes nobody wait. */
const soon = {
  after(_ms: number, call: () => void) {
    const timer = setImmediate(call)
    return () => clearImmediate(timer)
  },
}

function fileAt(path: string, { isTorn = false }: { isTorn?: boolean } = {}) {
  const errors: string[] = []
  const file = openLogFile({ path, clock: soon, isTorn, onError: (error) => errors.push((error as NodeJS.ErrnoException).code ?? String(error)), missing: (lines) => `${lines} missing` })
  return { ...file, errors }
}

function isHeld(path: string): boolean {
  return readdirSync('/proc/self/fd').some((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === path
    } catch {
      return false
    }
  })
}

test('every line is in the file in order when it is closed, and no descriptor is held', async () => {
  const path = join(directory, 'a.log')
  const file = fileAt(path)
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`)
  for (const [index, line] of lines.entries()) {
    file.write(line)
    if (index % 1000 === 0) await new Promise(setImmediate)
  }
  while (!isHeld(path)) await new Promise(setImmediate)
  file.close()
  expect(readFileSync(path, 'utf8')).toBe(`${lines.join('\n')}\n`)
  expect(isHeld(path)).toBe(false)
  expect(file.errors).toEqual([])
})

test('a file without lines is not made', () => {
  fileAt(join(directory, 'a.log')).close()
  expect(readdirSync(directory)).toEqual([])
})

test('a line after the end is dropped, and closing twice is closing once', async () => {
  const path = join(directory, 'a.log')
  const file = fileAt(path)
  file.write('one')
  file.close()
  file.write('two')
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('one\n')
})

test('after a line that was cut short a new one begins', async () => {
  const path = join(directory, 'a.log')
  const file = fileAt(path, { isTorn: true })
  file.write('one')
  file.write('two')
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('\none\ntwo\n')
})

test('a full disk is told, and closing ends all the same', async () => {
  const file = fileAt('/dev/full')
  file.write('one')
  await new Promise((resolve) => setImmediate(resolve))
  file.write('two')
  file.close()
  expect(new Set(file.errors)).toEqual(new Set(['ENOSPC']))
  expect(isHeld('/dev/full')).toBe(false)
})

test('when the file can be written again, it says how many lines are missing', async () => {
  const path = join(directory, 'later', 'a.log')
  const file = fileAt(path)
  file.write('one')
  file.write('two')
  while (file.errors.length === 0) await new Promise((resolve) => setImmediate(resolve))
  mkdirSync(join(directory, 'later'))
  file.write('three')
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('2 missing\nthree\n')
  expect(file.errors).toEqual(['ENOENT'])
})

test('however fast lines come, none is left out, and memory holds few of them', () => {
  const path = join(directory, 'a.log')
  const file = fileAt(path)
  const line = 'x'.repeat(20_000)
  for (let written = 0; written < 500; written++) file.write(line)
  // Before anything else could run.
  expect(statSync(path).size).toBeGreaterThan(490 * 20_000)
  file.close()
  expect(readFileSync(path, 'utf8')).toBe(`${line}\n`.repeat(500))
})

test('what is no file is told, and nobody waits for it', () => {
  const path = join(directory, 'pipe')
  execFileSync('mkfifo', [path])
  const file = fileAt(path)
  file.write('one')
  file.close()
  expect(file.errors).toEqual(['ENXIO'])
})
