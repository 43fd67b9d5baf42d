import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWithSecrets } from '../../src/cli/open.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { Clock } from '../../src/model/clock.ts'
import { UsageError } from '../../src/model/problem.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rackbench-open-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('a module that never answers is given up after a minute', async () => {
  const type = join(directory, 'mine.mjs')
  await writeFile(type, 'export default () => new Promise(() => {})')
  const waits: number[] = []
  // A minute that is over as soon as it begins.
  const clock: Clock = {
    ...systemClock,
    after(ms, call) {
      waits.push(ms)
      return systemClock.after(0, call)
    },
  }
  await expect(openWithSecrets({ provisioner: { type, settings: {} } }, {}, clock)).rejects.toEqual(new UsageError(['the provisioner was not opened within 1m']))
  expect(waits).toEqual([60_000])
})
