import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { htmlOwnership } from '../../src/clients/html-ownership.ts'
import { renderHtml } from '../../src/reporters/html/render.ts'
import { fleetReport } from '../fixtures/fleet-report.ts'

let directory: string
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'rackbench-html-'))))
afterEach(async () => rm(directory, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true })
  await writeFile(join(directory, path), text)
}

const report = [...renderHtml(fleetReport({ servers: 3, past: 2 }))].map(({ path, chunks }) => ({ path, text: [...chunks].join('') }))
const others = 'it is there already, and is not a report of rackbench'

test('a report is ours from its first file to its last', async () => {
  expect([report[0]?.path, await htmlOwnership(directory)]).toEqual(['html/style.css', { is: 'nobody' }])
  for (const { path, text } of report) {
    await write(path, text)
    expect(await htmlOwnership(directory)).toEqual({ is: 'ours' })
  }
})

test.each<[string, readonly string[]]>([['an empty folder', []], ['one that a killed process left', ['html/.style.css.part']]])('%s is nobody\'s', async (_what, files) => {
  await mkdir(join(directory, 'html'))
  for (const path of files) await write(path, '')
  expect(await htmlOwnership(directory)).toEqual({ is: 'nobody' })
})

test.each<[string, () => Promise<unknown>, string]>([
  ['a page', async () => write('html/index.html', '<h1>mine</h1>'), others],
  ['a page beside a style of ours', async () => Promise.all([write('html/index.html', '<h1>mine</h1>'), write('html/style.css', report[0]!.text)]), others],
  ['a style', async () => write('html/style.css', 'body {}'), others],
  ['any file', async () => write('html/plots/sales.svg', ''), others],
  ['a file in its place', async () => write('html', ''), 'it is there already, and is not a folder'],
  ['a folder in the place of the index', async () => mkdir(join(directory, 'html/index.html'), { recursive: true }), others],
  ['a pipe in the place of the index', async () => mkdir(join(directory, 'html')).then(async () => promisify(execFile)('mkfifo', [join(directory, 'html/index.html')])), others],
  ['a link', async () => symlink('elsewhere', join(directory, 'html')), 'it is a symbolic link, which is not followed'],
  ['a link to a report of ours', async () => Promise.all([...report.map(async ({ path, text }) => write(`elsewhere/${path}`, text)), symlink('elsewhere/html', join(directory, 'html'))]), 'it is a symbolic link, which is not followed'],
  ['a report in which a folder is a link', async () => write('html/index.html', report.find(({ path }) => path === 'html/index.html')!.text).then(async () => symlink('/tmp', join(directory, 'html/servers'))), 'html/servers is a symbolic link, which is not followed'],
])('%s is not ours, and is told with what to do', async (_what, lay, because) => {
  await lay()
  expect(await htmlOwnership(directory)).toEqual({ is: 'not ours', because: `${because}: move it away, or use another --out` })
})
