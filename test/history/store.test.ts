import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test as plain } from 'vitest'
import { nameOf } from '../../src/history/names.ts'
import { runText } from '../../src/history/run-text.ts'
import type { HistoryStore } from '../../src/history/store.ts'
import { openStore } from '../../src/history/store.ts'
import type { PastRun } from '../../src/model/past-run.ts'
import { pastRun } from '../fixtures/past-runs.ts'

interface Place {
  readonly folder: string
  readonly store: HistoryStore
  readonly problems: string[]
}

const test = plain.extend<{ place: Place }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs from the pattern
  place: async ({}, use) => {
    const top = await mkdtemp(join(tmpdir(), 'rackbench-history-'))
    const folder = join(top, 'past')
    const problems: string[] = []
    await use({ folder, problems, store: openStore(folder, { onProblem: (problem) => problems.push(problem.replaceAll(folder, 'past')) }) })
    await rm(top, { recursive: true })
  },
})

async function allOf(store: HistoryStore): Promise<PastRun[]> {
  const read = await Promise.all((await store.list()).map((stored) => store.readNewest(stored)))
  return read.flatMap((found) => (found ? [found.run] : []))
}

const [first, second, third] = [0, 1, 2].map((day) => pastRun({ day })) as [PastRun, PastRun, PastRun]

describe('a store', () => {
  test('holds nothing, and is no folder, before anything is added', async ({ place: { store, folder } }) => {
    expect(await store.list()).toEqual([])
    await expect(readdir(folder)).rejects.toThrow('ENOENT')
  })

  test('gives runs back as they were, in the order in which they started', async ({ place: { store, problems } }) => {
    for (const run of [second, third, first]) expect(await store.add(run)).toBe('added')
    expect([await allOf(store), problems]).toEqual([[first, second, third], []])
  })

  test('takes the same run twice, and holds one file', async ({ place: { store, folder } }) => {
    await store.add(first)
    expect([await store.add(structuredClone(first)), await readdir(folder)]).toEqual(['there already', [nameOf(first, runText(first))]])
  })

  test('counts the later state of a run that was resumed, whichever comes first', async ({ place: { store } }) => {
    const [stopped, resumed, open] = [pastRun({ day: 1, took: 5 }), pastRun({ day: 1, took: 50 }), pastRun({ day: 1, took: null })]
    expect([await store.add(open), await store.add(stopped), await store.add(resumed), await store.add(stopped)]).toEqual(['added', 'added', 'added', 'there already'])
    expect(await allOf(store)).toEqual([resumed])
  })

  test('keeps apart runs of others that have the same ID', async ({ place: { store } }) => {
    const [one, other] = [pastRun({ day: 1, id: 'r1' }), pastRun({ day: 2, id: 'r1' })]
    await store.add(one)
    await store.add(other)
    expect(await allOf(store)).toEqual([one, other])
  })

  test.for(['../../etc/passwd', 'a/b', '', 'x'.repeat(5000), 'CON', '.', 'ünï\u0000\n'])('takes a run whose ID is %j', async (id, { place: { store, folder } }) => {
    const run = pastRun({ day: 0, id })
    await store.add(run)
    expect([await allOf(store), (await readdir(folder)).every((name) => /^[\w-]+\.json$/.test(name))]).toEqual([[run], true])
  })

  test('refuses a run whose times are none', async ({ place: { store } }) => {
    await expect(store.add({ ...first, run: { ...first.run, startedAt: 'yesterday' } })).rejects.toThrow('its startedAt is no time: "yesterday"')
  })

  test('says why it cannot be written to', async ({ place: { store, folder } }) => {
    await writeFile(folder, 'a file')
    await expect(store.add(first)).rejects.toThrow(/EEXIST|ENOTDIR/)
    await expect(store.list()).rejects.toThrow('is no folder')
  })
})

describe('what cannot be read is told once, with its name, and left out:', () => {
  const ours = nameOf(first, runText(first))
  const spoil: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
    'a file that is cut short': (folder) => truncate(join(folder, ours), 100),
    'a file in which something was changed': async (folder) => writeFile(join(folder, ours), (await readFile(join(folder, ours), 'utf8')).replace('80', '90')),
    'an empty file': (folder) => truncate(join(folder, ours), 0),
    'a folder': async (folder) => {
      await rm(join(folder, ours))
      await mkdir(join(folder, ours))
    },
    'a link': async (folder) => {
      await rename(join(folder, ours), join(folder, '.elsewhere'))
      await symlink('.elsewhere', join(folder, ours))
    },
    'a file of more than 128 MiB': (folder) => truncate(join(folder, ours), 129 * 1024 * 1024),
    'a file under the name of another': (folder) => rename(join(folder, ours), join(folder, ours.replace('2026', '2025'))),
  }
  test.for(Object.keys(spoil))('%s', async (what, { place: { store, folder, problems } }) => {
    await store.add(first)
    await store.add(second)
    await spoil[what]!(folder)
    expect(await allOf(store)).toEqual([second])
    await allOf(store)
    expect(problems).toEqual([expect.stringMatching(/^past\/202\d0101T\S+\.json (is|cannot be read).*; it is left out$/)])
  })

  test('a file of a newer version', async ({ place: { store, folder, problems } }) => {
    const newer = { ...first, historyVersion: 2 } as unknown as PastRun
    const text = runText(newer)
    await store.add(second)
    await writeFile(join(folder, nameOf(newer, text)), text)
    expect([await allOf(store), problems]).toEqual([[second], [`past/${nameOf(newer, text)} was written by a newer rackbench (historyVersion 2; this one reads 1); it is left out`]])
  })

  test("a file of somebody else's, whose name would move the cursor", async ({ place: { store, folder, problems } }) => {
    await store.add(first)
    await writeFile(join(folder, 'notes \u001b[2J.txt'), 'hello')
    expect([await allOf(store), problems]).toEqual([[first], ['past/notes .txt is no file of a history; it is left out']])
  })

  test('and an earlier state of the run counts instead', async ({ place: { store, folder, problems } }) => {
    const [stopped, resumed] = [pastRun({ day: 1, took: 5 }), pastRun({ day: 1, took: 50 })]
    await store.add(stopped)
    await store.add(resumed)
    await truncate(join(folder, nameOf(resumed, runText(resumed))), 10)
    expect([await allOf(store), problems.length]).toEqual([[stopped], 1])
  })

  test('until the run is added again', async ({ place: { store, folder } }) => {
    await store.add(first)
    await truncate(join(folder, ours), 10)
    expect([await store.add(first), await allOf(store)]).toEqual(['added', [first]])
  })
})

test('what killed processes have left is no problem, and is removed a day later', async ({ place: { store, folder, problems } }) => {
  await store.add(first)
  const [old, young] = ['0'.repeat(12), '1'.repeat(12)].map((random) => join(folder, `.${nameOf(second, '')}.${random}.part`)) as [string, string]
  await Promise.all([old, young].map((part) => writeFile(part, '{')))
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  await utimes(old, yesterday, yesterday)
  expect([await allOf(store), problems]).toEqual([[first], []])
  await store.add(third)
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([young.slice(folder.length + 1)])
})

plain('any set of adds, in any order, gives the same reading', async () => {
  const runs = fc.record({ day: fc.nat(3), id: fc.constantFrom('a', 'b'), took: fc.option(fc.integer({ min: 1, max: 3 })), servers: fc.array(fc.record({ id: fc.constantFrom('101', '102') }), { maxLength: 2 }) }).map(pastRun)
  await fc.assert(
    fc.asyncProperty(fc.array(runs, { maxLength: 8 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }))), async ([once, twice]) => {
      const top = await mkdtemp(join(tmpdir(), 'rackbench-history-'))
      const stores = [once, twice].map((_, index) => openStore(join(top, String(index)), { onProblem: expect.unreachable }))
      for (const run of once) await stores[0]!.add(run)
      await Promise.all(twice.map((run) => stores[1]!.add(run)))
      const [one, other] = await Promise.all(stores.map(allOf))
      await rm(top, { recursive: true })
      expect(other).toEqual(one)
      expect(new Set(one!.map(({ run }) => run.startedAt + run.id)).size).toBe(one!.length)
      expect(one!.length).toBe(new Set(once.map(({ run }) => run.startedAt + run.id)).size)
    }),
    { numRuns: 40 },
  )
})

describe('real processes:', () => {
  const adder = join(import.meta.dirname, '../fixtures/add-past-runs.mjs')
  const days = async (store: HistoryStore): Promise<string[]> => (await allOf(store)).map(({ run }) => run.id)

  test('ten that add at once lose nothing', { timeout: 60_000 }, async ({ place: { store, folder, problems } }) => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => promisify(execFile)(process.execPath, [adder, folder, String(index * 3), '3'])))
    expect([await days(store), problems]).toEqual([Array.from({ length: 30 }, (_, day) => `run-${day}`), []])
  })

  test('fifty that are killed while they add leave every run whole that they said they had added', { timeout: 120_000 }, async ({ place: { store, folder, problems } }) => {
    const said: string[] = []
    for (let round = 0; round < 50; round++) {
      const child = execFile(process.execPath, [adder, folder, String(round * 1000), '1000'])
      const lines = child.stdout!.setEncoding('utf8')
      let text = ''
      const ended = new Promise((resolve) => child.once('close', resolve))
      lines.on('data', (more: string) => {
        text += more
        // Right in the middle of the next one, earlier or later each time.
        if (text.length > round % 7) setTimeout(() => child.kill('SIGKILL'), round % 5)
      })
      await ended
      said.push(...text.split('\n').slice(0, -1).map((day) => `run-${day}`))
    }
    const there = new Set(await days(store))
    expect([said.filter((id) => !there.has(id)), problems, said.length >= 50]).toEqual([[], [], true])
    expect(await store.add(pastRun({ day: 60_000 }))).toBe('added')
  })
})
