import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { UsageError } from '../../src/model/problem.ts'
import { replay } from '../../src/model/run-state.ts'
import { readJournal } from '../../src/run/journal-reader.ts'
import { tell } from '../fixtures/story.ts'

let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rackbench-journal-'))
  file = join(directory, 'journal.jsonl')
})
afterEach(async () => rm(directory, { recursive: true, force: true }))

const { events } = tell('taken up, install passed, benchmark passed, check passed, destroy passed, finished', { flags: ['ü💥'] })
const finished: RunEvent = { at: '2026-11-21T11:00:00.000Z', type: 'run.finished', status: 'finished', exitCode: 0, problems: [] }
const lineOf = (event: unknown): string => `${JSON.stringify(event)}\n`
const written = (told: readonly unknown[]): string => told.map(lineOf).join('')

async function read(content: string | Buffer) {
  await writeFile(file, content)
  return readJournal(file)
}

test('a pipe in its place is refused, and nobody waits for what it may say', async () => {
  execFileSync('mkfifo', [file])
  await expect(readJournal(file)).rejects.toEqual(new UsageError([`${file} is not a file`]))
})

test('a run has ended if its last event is run.finished', async () => {
  expect(await read(written([...events, finished]))).toMatchObject({ is: 'run', isEnded: true })
  expect(await read(written(events))).toMatchObject({ is: 'run', isEnded: false })
  expect(await read(written([...events, finished, { at: finished.at, type: 'run.resumed', build: {}, overrides: {} }]))).toMatchObject({ is: 'run', isEnded: false })
})

test('a journal that is cut at any byte has lost at most the event that was being written', async () => {
  const content = Buffer.from(written([...events, finished]))
  const ends = [...content.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1)
  const all = [...events, finished]
  const first = ends[0]!
  // Each end of a line and the bytes around it, and some in between: the first line is long.
  const cuts = [0, 1, 100, first >> 1, ...ends.flatMap((end) => [end - 2, end - 1, end, end + 1])].filter((cut) => cut <= content.length)
  for (let cut = first; cut < content.length; cut += 7) cuts.push(cut)
  for (const cut of cuts) {
    const whole = ends.filter((end) => end <= cut)
    const { fold, ...told } = { fold: undefined, ...(await read(content.subarray(0, cut))) }
    expect({ cut, ...told }).toEqual(whole.length === 0 ? { cut, is: 'nothing begun' } : { cut, is: 'run', isEnded: whole.length === all.length, validBytes: whole.at(-1) })
    if (fold) expect(fold.state).toEqual(replay(all.slice(0, whole.length)).state)
  }
})

test('what a power failure leaves behind the last line is dropped', async () => {
  expect(await read(Buffer.concat([Buffer.from(written(events)), Buffer.alloc(4096)]))).toMatchObject({ is: 'run', validBytes: Buffer.byteLength(written(events)) })
  expect(await read(Buffer.alloc(4096))).toEqual({ is: 'nothing begun' })
})

test('lines that lie across the pieces in which a file is read are read whole', async () => {
  const long = tell('', { flags: ['ü'.repeat(2_500_000)] }).events[0]!
  const { fold, isEnded } = (await read(written([long, ...events.slice(1), finished]))) as Extract<Awaited<ReturnType<typeof readJournal>>, { is: 'run' }>
  expect([fold.state.plan.flags[0]!.length, isEnded]).toEqual([2_500_000, true])
})

describe('is told in one line:', () => {
  const problems = async (content: string | Buffer): Promise<readonly string[]> => {
    const error: unknown = await read(content).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    return (error as UsageError).problems
  }
  const [begin, turn, start] = events as [RunEvent, RunEvent, RunEvent]
  test.each<[string, string | Buffer, string]>([
    ['a text that is no journal', 'dear diary\n', 'is not a rackbench journal: its first line is not run.started'],
    ['a text without any line feed', 'dear diary', 'is not a rackbench journal: its first line is not run.started'],
    ['a JSON without any line feed', '{"name": "rackbench"}', 'is not a rackbench journal: its first line is not run.started'],
    ['something that begins with NULs, and has no line feed', Buffer.concat([Buffer.alloc(4096), Buffer.from('dear diary')]), 'is not a rackbench journal: its first line is not run.started'],
    ['another JSON', '{"name": "rackbench"}\n', 'is not a rackbench journal: its first line is not run.started'],
    ['a JSON that is no object', '42\n', 'is not a rackbench journal: its first line is not run.started'],
    ['an empty line', '\n', 'is not a rackbench journal: its first line is not run.started'],
    ['a journal without its beginning', written([turn]), 'is not a rackbench journal: its first line is not run.started'],
    ['a journal of a newer version', written([{ type: 'run.started', version: 2, plan: 'of a kind we do not know' }]), 'was written by a newer rackbench (journal version 2, this one reads 1): use that one'],
    ['a line that is no JSON', `${written([begin, turn])}{"at": oops}\n`, 'line 3 is not an event of rackbench: it is not JSON: the journal is damaged'],
    ['a line of NULs', Buffer.concat([Buffer.from(written([begin])), Buffer.alloc(20), Buffer.from('\n')]), 'line 2 is not an event of rackbench: it is not JSON: the journal is damaged'],
    ['a line that is no event', written([begin, { at: begin.at, type: 'run.paused' }]), 'line 2 is not an event of rackbench: Invalid input, got {"at":"2026-11-21T10:00:00.000Z","type":"run.paused"}: the journal is damaged'],
    ['an event that is cut in the middle of the journal', `${lineOf(begin)}${lineOf(turn).slice(0, 40)}\n${lineOf(start)}`, 'line 2 is not an event of rackbench: it is not JSON: the journal is damaged'],
    ['a server that is not in the plan', written([begin, { ...turn, server: 'x9' }]), 'line 2: server x9 is not in the plan: the journal is damaged'],
    ['a second beginning', written([begin, begin]), 'line 2: a run begins once: the journal is damaged'],
    ['a turn that was before', written([begin, turn, turn]), 'line 3: turn 1 of server s0 comes after turn 1: the journal is damaged'],
    ['a line of more than 64 MiB', Buffer.alloc(65 * 1024 * 1024, 'x'), 'is not a rackbench journal: it has a line of more than 64 MiB'],
  ])('%s', async (_what, content, problem) => {
    const [line, ...more] = await problems(content)
    expect(more).toEqual([])
    expect(line!.slice(file.length).replace(/^: /, '').trim()).toBe(problem)
    expect(line!.startsWith(file)).toBe(true)
  })

  test('no journal at all', async () => {
    await expect(readJournal(file)).rejects.toThrow(new UsageError([`${file} does not exist: there is no run here`]))
  })

  test('a directory', async () => {
    await expect(readJournal(directory)).rejects.toThrow(new UsageError([`${directory} is not a file`]))
  })
})
