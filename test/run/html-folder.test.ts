import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { htmlOwnership } from '../../src/clients/html-ownership.ts'
import type { ServerId } from '../../src/model/server.ts'
import { renderHtml } from '../../src/reporters/html/render.ts'
import { removeHtml } from '../../src/run/html-folder.ts'
import { fleetReport } from '../fixtures/fleet-report.ts'

let directory: string
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'rackbench-html-'))))
afterEach(async () => rm(directory, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true })
  await writeFile(join(directory, path), text)
}
const content = async (): Promise<string[]> => (await readdir(directory, { recursive: true })).toSorted()

/** A report with every kind of file there is; answers its servers. */
async function report(): Promise<ServerId[]> {
  const input = fleetReport({ servers: 60, past: 3 })
  for (const { path, chunks } of renderHtml(input)) await write(path, [...chunks].join(''))
  await write('html/servers-2.html', 'a second page')
  return Array.from(input.results.servers, ({ id }) => id)
}

test('all that a report is made of goes, and with it the folders', async () => {
  await removeHtml(directory, await report())
  expect(await content()).toEqual([])
})

test('a server may be called like a plot', () => {
  const input = fleetReport({ servers: 6, past: 3 })
  const files = [...renderHtml(input)].map(({ path }) => path)
  expect(files.filter((path) => files.some((other) => other.startsWith(`${path}/`)) || /^html\/plots\/(?!servers\/).*\//.test(path))).toEqual([])
})

test("what somebody put there besides stays, and so do pages of others' servers", async () => {
  const servers = await report()
  const theirs = ['html/logo.png', 'html/plots/Mine.svg', 'html/servers/notes.html', 'index.html']
  for (const path of theirs) await write(path, 'not ours')
  await removeHtml(directory, servers)
  expect(await content()).toEqual([...theirs, 'html', 'html/plots', 'html/servers', 'html/style.css'].toSorted())
  expect(await htmlOwnership(directory)).toEqual({ is: 'ours' })
})

test('nothing is removed through a symbolic link', async () => {
  const servers = await report()
  await rename(join(directory, 'html'), join(directory, 'elsewhere'))
  await symlink('elsewhere', join(directory, 'html'))
  const before = await content()
  await removeHtml(directory, servers)
  expect(await content()).toEqual(before)
})

test.each([['a page of somebody else', '<!DOCTYPE html><title>Our team</title>'], ['nothing', undefined]])('a folder whose index is %s is left alone', async (_what, index) => {
  for (const path of ['html/style.css', 'html/servers/101.html', 'html/plots/sales.svg']) await write(path, 'not ours')
  if (index !== undefined) await write('html/index.html', index)
  const before = await content()
  await removeHtml(directory, ['101' as ServerId])
  expect(await content()).toEqual(before)
})
