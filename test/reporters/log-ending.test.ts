import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEndingFile } from '../../src/reporters/log-ending.ts'
import { virtualStart } from '../fixtures/virtual-clock.ts'

test('a disk that does not answer does not keep a log from being closed: it is told after 10 s', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rackbench-ending-'))
  const path = join(directory, 'pipe')
  execFileSync('mkfifo', [path])
  const errors: string[] = []
  const waits: number[] = []
  const clock = {
    now: () => virtualStart,
    elapsed: () => 0,
    after(ms: number, call: () => void) {
      waits.push(ms)
      const timer = setImmediate(call)
      return () => clearImmediate(timer)
    },
  }
  const file = openEndingFile({ path, isNew: true, format: 'text', clock, onError: (error) => errors.push(String(error)) })
  file.write('one')
  await file.close()
  expect(errors).toEqual(['Error: the disk did not answer for 10 s'])
  expect(waits).toEqual([10, 10_000])
  // Whoever reads the pipe lets go of what hangs in it.
  expect(await readFile(path, 'utf8')).toBe('one\n')
  rmSync(directory, { recursive: true })
})
