import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from '../../src/run/journal.ts'
import { tell } from '../fixtures/story.ts'
import { replay } from '../../src/model/run-state.ts'
import { readJournal } from '../../src/run/journal-reader.ts'

let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rackbench-journal-'))
  file = join(directory, 'journal.jsonl')
})
afterEach(async () => rm(directory, { recursive: true, force: true }))

test('what is appended is in the file in that order, behind what an earlier process wrote', async () => {
  await writeFile(file, 'one\n')
  const journal = await openJournal(file, 4)
  journal.write('two\nthree\n')
  await journal.sync()
  journal.write('four\n')
  await journal.close()
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\nthree\nfour\n')
})

test('a line that an earlier process could not finish is dropped', async () => {
  await writeFile(file, 'one\nhalf a li')
  const journal = await openJournal(file, 4)
  journal.write('two\n')
  await journal.close()
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n')
})

test('a journal that cannot be written says so, and leaves no half of a line', async () => {
  const journal = await openJournal(file, 0)
  journal.write('one\n')
  await journal.close()
  expect(() => journal.write('two\n')).toThrow('-1')
  await expect(journal.sync()).rejects.toThrow('-1')
  expect(await readFile(file, 'utf8')).toBe('one\n')
})

test('a journal in a directory that is none cannot be opened', async () => {
  await expect(openJournal(join(directory, 'none', 'journal.jsonl'), 0)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('what is written is in the file before anything is waited for', async () => {
  const journal = await openJournal(file, 0)
  journal.write('one\n')
  expect(readFileSync(file, 'utf8')).toBe('one\n')
  await journal.close()
})

test('of a line that the disk takes only a part of, nothing stays', async () => {
  const script = `
    const { openJournal } = await import(${JSON.stringify(new URL('../../dist/run/journal.js', import.meta.url).href)})
    const journal = await openJournal(process.argv[1], 0)
    journal.write('one\\n')
    try { journal.write('x'.repeat(2000) + '\\n') } catch (error) { console.log(error.code) }
    journal.write('two\\n')`
  const shell = `trap '' XFSZ; ulimit -f 1; exec "$0" --input-type=module -e "$1" "$2"`
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, process.execPath, script, file])
  expect([stdout, await readFile(file, 'utf8')]).toEqual(['EFBIG\n', 'one\ntwo\n'])
})

test('events that are written and read back make the same state, whatever is in their texts', async () => {
  const { events, fold } = tell('s0: taken up, s0: install passed, s1: taken up, s0: benchmark passed, s1: install failed DefectError, s0: check passed', { flags: ['ümläut 💥 \ud800 \u2028 \n "quoted"'] }, 2)
  const journal = await openJournal(file, 0)
  for (const event of events) journal.write(`${JSON.stringify(event)}\n`)
  await journal.close()
  const read = await readJournal(file)
  expect(read).toMatchObject({ is: 'run', isEnded: false, validBytes: (await stat(file)).size })
  if (read.is === 'run') expect(read.fold.state).toEqual(fold.state)
  expect(replay(events).state).toEqual(fold.state)
})
