import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { UsageError } from '../../src/model/problem.ts'
import type { ServerId } from '../../src/model/server.ts'
import { claimEarlier, claimForNew, forgetNotBegun, heldServers, leftoverOf } from '../../src/run/directory.ts'
import { tell } from '../fixtures/story.ts'

let parent: string
let directory: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'rackbench-directory-'))
  directory = join(parent, 'rackbench-out')
})
afterEach(async () => rm(parent, { recursive: true, force: true }))

const now = Date.parse('2026-11-21T10:00:00.000Z')
const finished: RunEvent = { at: '2026-11-21T11:00:00.000Z', type: 'run.finished', status: 'finished', exitCode: 0, problems: [] }
const measured = 'taken up, install passed, benchmark passed, check passed'
const passes = `${measured}, destroy passed, finished`
const dies = 's0: taken up, s0: install passed, s1: taken up, s1: install started, s2: taken up'
const written = (events: readonly RunEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')
const stale = ['junit.xml', 'results.json', 'failed-servers.txt', 'run.log', 'logs/s0.log']

/** A run directory as an earlier run, and its readers, have left it. */
const states: Record<string, { readonly journal?: string; readonly lock?: object }> = {
  none: {},
  'not begun': { journal: written(tell('').events).slice(0, 100) },
  ended: { journal: written([...tell(passes).events, finished]) },
  died: { journal: written(tell(dies, {}, 3).events) },
  'died without a server': { journal: written(tell('', {}, 3).events) },
  'ended, and a wipe was refused': { journal: written([...tell(`${measured}, destroy failed RequestRefusedError, finished`).events, finished]) },
  'ended, and a wipe is missing': { journal: written([...tell(`${measured}, destroy failed ProvisionerUnavailableError, finished`).events, finished]) },
  "ended, and a wipe failed by the server's fault": { journal: written([...tell(`${measured}, destroy failed, mark passed, finished`).events, finished]) },
  'not one of ours': { journal: 'dear diary' },
  damaged: { journal: `${written(tell('').events)}what is this\n` },
  live: { journal: written(tell(dies, {}, 3).events), lock: { host: hostname(), pid: process.ppid, startedAt: '2026-11-21T09:00:00.000Z' } },
  'of another host': { journal: written([...tell(passes).events, finished]), lock: { host: 'elsewhere', pid: 7, startedAt: '2026-11-21T09:00:00.000Z' } },
}
async function left(state: string): Promise<void> {
  const { journal, lock } = states[state]!
  await mkdir(join(directory, 'logs'), { recursive: true })
  for (const name of stale) await writeFile(join(directory, name), 'stale')
  await writeFile(join(directory, 'notes.txt'), 'not ours')
  if (journal !== undefined) await writeFile(join(directory, 'journal.jsonl'), journal)
  if (lock) await writeFile(join(directory, 'rackbench.lock'), JSON.stringify(lock))
}
const content = async (): Promise<string[]> => (await readdir(directory, { recursive: true })).toSorted()
const untouched = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = await content()
  const error: unknown = await work().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UsageError)
  expect(await content()).toEqual(before)
  return (error as UsageError).problems.map((problem) => problem.replaceAll(directory, 'DIR'))
}
const refusedAsLive = [`DIR is in use: a rackbench with process ID ${process.ppid} has been writing there since 2026-11-21T09:00:00.000Z`]
const refusedAsForeign = ['DIR is locked by process 7 on host elsewhere since 2026-11-21T09:00:00.000Z: if that one is gone, add --force']
const outOfDied = ': go on with `rackbench resume DIR`, wipe with `rackbench destroy DIR`, or add --replace to give it up'

describe('a new run', () => {
  const claim = (more: { replace?: boolean; force?: boolean } = {}) => claimForNew(directory, { replace: false, force: false, now, ...more })
  /** Logs are only removed with the journal that says whose they are. */
  const remaining = (state: string): string[] => (state === 'ended' || state.startsWith('died') || state === 'of another host' ? ['notes.txt'] : ['logs', 'logs/s0.log', 'notes.txt'])
  const runLog = (state: string): string[] => (remaining(state).length > 1 ? ['run.log'] : [])

  test.each([
    ['none', {}],
    ['ended', {}],
    ['none', { replace: true }],
    ['not begun', { replace: true }],
    ['ended', { replace: true }],
    ['of another host', { force: true }],
  ])('takes a directory whose run is %s, and removes what must not be published again %j', async (state, options) => {
    await left(state)
    const { journal, held } = await claim(options)
    expect({ journal, held, content: await content() }).toEqual({ journal: join(directory, 'journal.jsonl'), held: [], content: [...remaining(state), 'rackbench.lock', ...runLog(state)] })
  })

  test('makes a directory that is not there, with all above it', async () => {
    directory = join(parent, 'a', 'b', 'c')
    expect((await claim()).held).toEqual([])
    expect(await content()).toEqual(['rackbench.lock'])
  })

  test.each([
    ['died', {}, [`DIR holds a run that has died (it may hold 2 servers)${outOfDied}`]],
    ['died without a server', {}, [`DIR holds a run that has died${outOfDied}`]],
    ['live', {}, refusedAsLive],
    ['live', { replace: true }, refusedAsLive],
    ['live', { replace: true, force: true }, refusedAsLive],
    ['of another host', {}, refusedAsForeign],
    ['not begun', {}, ['DIR/journal.jsonl: its first line is cut short: that run had not begun, and holds nothing; add --replace']],
    ['not one of ours', {}, ['DIR/journal.jsonl is not a rackbench journal: its first line is not run.started']],
    ['damaged', {}, ['DIR/journal.jsonl: line 2 is not an event of rackbench: it is not JSON: the journal is damaged']],
  ])('leaves a directory alone whose run is %s, and names the ways out %j', async (state, options, problems) => {
    await left(state)
    expect(await untouched(() => claim(options))).toEqual(problems)
  })

  test.each([
    ['died', ['s0', 's1']],
    ['died without a server', []],
    ['damaged', []],
    ['not one of ours', []],
  ])('may replace one that is %s: its journal is moved aside, and the servers it may hold are told', async (state, servers) => {
    await left(state)
    const { held } = await claim({ replace: true })
    expect({ held, content: await content() }).toEqual({ held: servers, content: [...remaining(state), 'previous', 'previous/2026-11-21T10-00-00.000Z.jsonl', 'rackbench.lock', ...runLog(state)] })
    expect(await readFile(join(directory, 'previous/2026-11-21T10-00-00.000Z.jsonl'), 'utf8')).toBe(states[state]!.journal)
  })

  test('says of a single server that it may be held', async () => {
    await mkdir(directory)
    await writeFile(join(directory, 'journal.jsonl'), written(tell('taken up, install started').events))
    expect(await untouched(() => claim())).toEqual([`DIR holds a run that has died (it may hold 1 server)${outOfDied}`])
  })

  test('is refused a file', async () => {
    await writeFile(directory, 'a file')
    await expect(claim()).rejects.toThrow(new UsageError([`cannot write to the run directory ${directory}: it is a file, not a directory`]))
    directory = join(directory, 'below')
    await expect(claim()).rejects.toThrow(new UsageError([`cannot write to the run directory ${directory}: a part of its path is a file, not a directory`]))
  })

  test('is refused where nothing can be written', async () => {
    // Nobody may make files there, whoever runs the test.
    directory = '/proc/self'
    await expect(claim()).rejects.toThrow(new UsageError(['cannot write to the run directory /proc/self: it cannot be created']))
    directory = join(parent, 'x'.repeat(300))
    await expect(claim()).rejects.toThrow(new UsageError([`cannot write to the run directory ${directory}: ENAMETOOLONG`]))
  })

  test('gives the directory back when something in it cannot be removed or moved', async () => {
    await left('died')
    await writeFile(join(directory, 'previous'), 'a file')
    expect(await untouched(() => claim({ replace: true }))).toEqual(['cannot write to the run directory DIR: it is a file, not a directory'])
  })

  test('gives the directory back with its lock', async () => {
    const { lock } = await claim()
    await expect(claim()).rejects.toThrow('is in use')
    await lock.release()
    expect(await content()).toEqual([])
  })
})

describe('a resumed run', () => {
  const claim = (force = false) => claimEarlier(directory, { force, now })

  test.each([
    ['ended', false, true],
    ['died', false, false],
    ['died without a server', false, false],
    ['of another host', true, true],
  ])('takes a directory whose run is %s, and removes nothing', async (state, force, isEnded) => {
    await left(state)
    const { fold, ...claimed } = await claim(force)
    expect(claimed).toMatchObject({ is: 'run', isEnded, validBytes: states[state]!.journal!.length, journal: join(directory, 'journal.jsonl') })
    expect(fold.state.run).toBe('r1')
    expect(await content()).toEqual(['failed-servers.txt', 'journal.jsonl', 'junit.xml', 'logs', 'logs/s0.log', 'notes.txt', 'rackbench.lock', 'results.json', 'run.log'])
  })

  test.each([
    ['none', false, ['DIR/journal.jsonl does not exist: there is no run here']],
    ['not begun', false, ['DIR/journal.jsonl: its first line is cut short: that run had not begun, there is nothing to go on with']],
    ['damaged', false, ['DIR/journal.jsonl: line 2 is not an event of rackbench: it is not JSON: the journal is damaged']],
    ['live', false, refusedAsLive],
    ['live', true, refusedAsLive],
    ['of another host', false, refusedAsForeign],
  ])('leaves a directory alone whose run is %s', async (state, force, problems) => {
    await left(state)
    expect(await untouched(() => claim(force))).toEqual(problems)
  })

  test('does not make a directory that is not there', async () => {
    await expect(claim()).rejects.toThrow('there is no run here')
    expect(await readdir(parent)).toEqual([])
  })
})

describe('what is left of a run', () => {
  test.each([
    ['none', 'nothing'],
    ['not begun', 'not begun'],
    ['ended', 'nothing'],
    ["ended, and a wipe failed by the server's fault", 'nothing'],
    ['ended, and a wipe was refused', 'unfinished'],
    ['ended, and a wipe is missing', 'unfinished'],
    ['died', 'unfinished'],
    ['died without a server', 'unfinished'],
    ['live', 'unfinished'],
  ])('that is %s is told: %s', async (state, leftover) => {
    await left(state)
    expect(await leftoverOf(directory)).toBe(leftover)
  })

  test('is nothing where there is no directory', async () => {
    expect(await leftoverOf(directory)).toBe('nothing')
  })

  test.each([
    ['damaged', 'DIR/journal.jsonl: line 2 is not an event of rackbench: it is not JSON: the journal is damaged'],
    ['not one of ours', 'DIR/journal.jsonl is not a rackbench journal: its first line is not run.started'],
  ])('that is %s cannot be told', async (state, problem) => {
    await left(state)
    expect(await untouched(() => leftoverOf(directory))).toEqual([problem])
  })

  test('cannot be told where the journal cannot be reached', async () => {
    await writeFile(directory, 'a file')
    await expect(leftoverOf(directory)).rejects.toThrow(new UsageError([`cannot read ${directory}/journal.jsonl: ENOTDIR`]))
    await rm(directory)
    await mkdir(directory)
    await symlink('journal.jsonl', join(directory, 'journal.jsonl'))
    await expect(leftoverOf(directory)).rejects.toThrow(new UsageError([`cannot read ${directory}/journal.jsonl: ELOOP`]))
    // Nor is a new run begun over it.
    await expect(claimForNew(directory, { replace: false, force: false, now })).rejects.toThrow(new UsageError([`cannot read ${directory}/journal.jsonl: ELOOP`]))
  })
})

describe('a run that had not begun', () => {
  const forget = () => forgetNotBegun(directory, { force: false, now })

  test('is forgotten: its journal is removed, and nothing else', async () => {
    await left('not begun')
    const before = await content()
    await forget()
    expect(await content()).toEqual(before.filter((name) => name !== 'journal.jsonl'))
  })

  test.each(['none', 'died', 'ended', 'ended, and a wipe was refused'])('is not one that is %s: that is left as it is', async (state) => {
    await left(state)
    const before = await content()
    await forget()
    expect(await content()).toEqual(before)
  })

  test('may have one who is about to begin it: that one is left alone', async () => {
    await left('not begun')
    await writeFile(join(directory, 'rackbench.lock'), JSON.stringify(states['live']!.lock))
    expect(await untouched(forget)).toEqual(refusedAsLive)
  })
})

test('the servers that a run may hold are those under way that are not clean, and those whose wipe is missing', () => {
  const { fold } = tell(
    [
      's0: taken up, s0: install passed',
      's1: taken up',
      's2: taken up, s2: install passed, s2: benchmark passed, s2: check passed, s2: destroy passed, s2: finished',
      's3: taken up, s3: install failed, s3: destroy skipped, s3: mark passed, s3: finished',
      's4: taken up, s4: install passed, s4: benchmark passed, s4: check passed, s4: destroy failed ProvisionerUnavailableError, s4: finished',
      's5: taken up, s5: install passed, s5: benchmark passed, s5: check passed, s5: destroy failed, s5: mark passed, s5: finished',
    ].join(', '),
    {},
    7,
  )
  expect(heldServers(fold.state)).toEqual(['s0', 's4'] as ServerId[])
})
