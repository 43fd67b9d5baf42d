import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
import { test } from '../fixtures/cli.ts'
import { rackMachine } from '../fixtures/rack-machine.ts'
import { checkout } from '../fixtures/shell.ts'

const call = promisify(execFile)
const ids = Array.from({ length: 400 }, (_, index) => String(101 + index))

/** 400 servers, whose logs and journal are far more than there is room for. */
async function prepare(place: Place): Promise<void> {
  const provisioner = { type: join(checkout, 'examples/module/rack.mjs'), directory: join(place.folder, 'machines'), takes: { install: 20, benchmark: 20, destroy: 20 } }
  await place.write('rackbench.config.json', JSON.stringify({ provisioner }))
}
const command = ['run', '101-500', '--progress', 'none', '--grace', '1s']

/** Every machine that was begun is clean again, and none of the run's words is a stack trace. */
async function expectOrderlyEnd(place: Place, { code, signal, stdout, stderr }: Awaited<ReturnType<Place['run']>>): Promise<void> {
  const machines = await Promise.all(ids.map(async (id) => [id, (await rackMachine(join(place.folder, 'machines'), id)).state] as const))
  expect({ code, signal, stderr, dirty: machines.filter(([, state]) => state !== 'clean') }).toEqual({ code: 3, signal: null, stderr: '', dirty: [] })
  expect(stdout).toMatch(/^error \[rackbench\] the journal cannot be written: \S+: /m)
  expect(stdout).toMatch(/^ {2}- the run was stopped: its journal could not be written: /m)
  expect(stdout).toMatch(/\nexit code 3\n$/)
  expect(`${stdout}${stderr}`).not.toMatch(/^ +at .*:\d+/m)
}

async function mounts(place: Place): Promise<boolean> {
  await mkdir(join(place.folder, 'small'))
  return call('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', join(place.folder, 'small')]).then(() => true, () => false)
}

describe('a disk that fills up ends the run in order, with every machine wiped', () => {
  test('a file system that is full', async ({ place, skip }) => {
    await prepare(place)
    if (!(await mounts(place))) skip('only root may mount a small file system')
    try {
      await expectOrderlyEnd(place, await place.run([...command, '--out', 'small/out']))
      // Nor can be written that they are wiped.
      const { code, signal, stdout, stderr } = await place.run(['destroy', 'small/out', '--all', '--progress', 'none'])
      expect({ code, signal, stderr }).toEqual({ code: 3, signal: null, stderr: '' })
      expect(stdout).toMatch(/^not in order: the journal cannot be written: ENOSPC: /m)
      expect(stdout).not.toMatch(/^ +at .*:\d+/m)
    } finally {
      await call('umount', [join(place.folder, 'small')])
    }
  })

  test('a limit on the size of a file', async ({ place }) => {
    await prepare(place)
    await expectOrderlyEnd(place, await place.run(command, { before: ['sh', '-c', 'ulimit -f 128; exec "$@"', 'sh'] }))
  })
})

test('3,000 servers need no more than 256 descriptors', async ({ place }) => {
  await place.write('none.mjs', `export default { async install() {}, async benchmark() { return 80 }, async destroy() {}, async markAsBroken() {} }`)
  const ended = await place.run(['run', '1-3000', '-p', './none.mjs', '-c', '200', '--progress', 'none'], { before: ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'] })
  expect({ ...ended, stdout: ended.stdout.split('\n')[1]?.replace(/run \S+:/, 'run <run>:').replace(/ in .*/, '') }).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    stdout: 'rackbench run <run>: 3000 passed, 0 failed, 0 skipped of 3000 servers',
  })
})
