import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { standingOf } from '../../src/run/standing.ts'
import { tell } from '../fixtures/story.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rackbench-standing-'))
})
afterEach(() => rm(directory, { recursive: true }))

const finished: RunEvent = { at: '2026-11-21T11:00:00.000Z', type: 'run.finished', status: 'finished', exitCode: 0, problems: [] }
const written = (events: readonly RunEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')
const measured = 'taken up, install passed, benchmark passed, check passed'
const died = written(tell('s0: taken up, s0: install passed, s1: taken up, s1: install started', {}, 3).events)
const since = '2026-11-21T09:00:00.000Z'
const lock = (host: string, pid: number): string => JSON.stringify({ host, pid, startedAt: since })
const noProcess = 2 ** 22 + 1

describe('a run directory is looked at, and not changed, where it', () => {
  test.each<[string, Readonly<Record<string, string>>, unknown]>([
    ['is empty', {}, { is: 'no run' }],
    ['holds a run that has ended', { 'journal.jsonl': written([...tell(`${measured}, destroy passed, finished`).events, finished]) }, { is: 'ended', held: [] }],
    ['holds a run that ended, and a wipe was refused', { 'journal.jsonl': written([...tell(`${measured}, destroy failed RequestRefusedError, finished`).events, finished]) }, { is: 'ended', held: ['s0'] }],
    ['holds a run that has died', { 'journal.jsonl': died }, { is: 'died', held: ['s0', 's1'] }],
    ['holds one whose process is gone', { 'journal.jsonl': died, 'rackbench.lock': lock(hostname(), noProcess) }, { is: 'died', held: ['s0', 's1'] }],
    ['holds one that is live', { 'journal.jsonl': died, 'rackbench.lock': lock(hostname(), process.ppid) }, { is: 'live', holder: { host: hostname(), pid: process.ppid, startedAt: since } }],
    ['is locked from another host', { 'rackbench.lock': lock('elsewhere', 7) }, { is: 'locked elsewhere', holder: { host: 'elsewhere', pid: 7, startedAt: since } }],
    ['has a lock that says nothing', { 'rackbench.lock': '{' }, { is: 'no run' }],
    ['holds a run that had not begun', { 'journal.jsonl': died.slice(0, 100) }, { is: 'not begun' }],
    ['holds something else', { 'journal.jsonl': 'dear diary' }, { is: 'unreadable', problem: 'DIR/journal.jsonl is not a rackbench journal: its first line is not run.started' }],
  ])('%s', async (_what, files, standing) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
    expect(JSON.parse(JSON.stringify(await standingOf(directory)).replaceAll(directory, 'DIR'))).toEqual(standing)
    expect((await readdir(directory)).toSorted()).toEqual(Object.keys(files).toSorted())
    for (const [name, content] of Object.entries(files)) expect(await readFile(join(directory, name), 'utf8')).toBe(content)
  })

  test('is not there', async () => {
    expect(await standingOf(join(directory, 'nowhere'))).toEqual({ is: 'no run' })
  })

  test('has a directory for a journal', async () => {
    await mkdir(join(directory, 'journal.jsonl'))
    expect(await standingOf(directory)).toEqual({ is: 'unreadable', problem: `${directory}/journal.jsonl is not a file` })
  })

  test('is a file', async () => {
    await writeFile(join(directory, 'file'), '')
    expect(await standingOf(join(directory, 'file'))).toEqual({ is: 'unreadable', problem: `cannot read ${directory}/file: ENOTDIR` })
  })
})
