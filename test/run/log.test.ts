import { mkdtemp, cp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withCurrentLog } from '../../src/run/current-log.ts'
import { log } from '../../src/run/log.ts'

test('a line goes to the log of the step that is calling, however many call at once, and however deep', async () => {
  const lines: string[] = []
  const step = (name: string) =>
    withCurrentLog(
      (message, level) => lines.push(`${name}: ${level ?? 'info'}: ${message}`),
      async () => {
        log('begins')
        await new Promise((resolve) => setImmediate(resolve))
        await (async () => log('deep', 'warn'))()
      },
    )
  await Promise.all([step('one'), step('two')])
  expect(lines.toSorted()).toEqual(['one: info: begins', 'one: warn: deep', 'two: info: begins', 'two: warn: deep'])
})

test('outside a step a line goes nowhere', () => {
  expect(log('nobody hears this')).toBeUndefined()
})

test('a module that brings a copy of the package of its own speaks to the same logs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rackbench-copy-'))
  const root = join(import.meta.dirname, '..', '..')
  for (const name of ['dist', 'package.json']) await cp(join(root, name), join(directory, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  const copy = (await import(join(directory, 'dist', 'index.js'))) as { readonly log: typeof log }
  await rm(directory, { recursive: true })
  const lines: string[] = []
  withCurrentLog((message) => lines.push(message), () => copy.log('from the copy'))
  expect(lines).toEqual(['from the copy'])
})
