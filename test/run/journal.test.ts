import { createHook } from 'node:async_hooks'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
  await journal.append('two\nthree\n', true)
  await journal.append('four\n', false)
  await journal.close()
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\nthree\nfour\n')
})

test('a line that an earlier process could not finish is dropped', async () => {
  await writeFile(file, 'one\nhalf a li')
  const journal = await openJournal(file, 4)
  await journal.append('two\n', false)
  await journal.close()
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n')
})

test('a journal that cannot be written says so, and leaves no half of a line', async () => {
  const journal = await openJournal(file, 0)
  await journal.append('one\n', false)
  await journal.close()
  await expect(journal.append('two\n', true)).rejects.toThrow('file closed')
  expect(await readFile(file, 'utf8')).toBe('one\n')
})

test('a journal in a directory that is none cannot be opened', async () => {
  await expect(openJournal(join(directory, 'none', 'journal.jsonl'), 0)).rejects.toMatchObject({ code: 'ENOENT' })
})

describe('an append', () => {
  /** The requests to the file system that `work` waits for, and how many of them had not ended when it did. */
  async function requestsOf(work: () => Promise<void>): Promise<{ readonly begun: number; readonly open: number }> {
    let begun = 0
    const open = new Set<number>()
    const hook = createHook({
      init(id, type) {
        if (type !== 'FSREQPROMISE') return
        begun++
        open.add(id)
      },
      before: (id) => void open.delete(id),
    })
    hook.enable()
    await work()
    hook.disable()
    return { begun, open: open.size }
  }

  test('that must be on the disk waits for one more answer of the disk than one that need not', async () => {
    const journal = await openJournal(file, 0)
    const loose = await requestsOf(() => journal.append('one\n', false))
    const durable = await requestsOf(() => journal.append('two\n', true))
    await journal.close()
    expect({ loose, durable }).toEqual({ loose: { begun: loose.begun, open: 0 }, durable: { begun: loose.begun + 1, open: 0 } })
  })
})

test('events that are written and read back make the same state, whatever is in their texts', async () => {
  const { events, fold } = tell('s0: taken up, s0: install passed, s1: taken up, s0: benchmark passed, s1: install failed DefectError, s0: check passed', { flags: ['ümläut 💥 \ud800 \u2028 \n "quoted"'] }, 2)
  const journal = await openJournal(file, 0)
  for (const event of events) await journal.append(`${JSON.stringify(event)}\n`, false)
  await journal.close()
  const read = await readJournal(file)
  expect(read).toMatchObject({ is: 'run', isEnded: false, validBytes: (await stat(file)).size })
  if (read.is === 'run') expect(read.fold.state).toEqual(fold.state)
  expect(replay(events).state).toEqual(fold.state)
})
