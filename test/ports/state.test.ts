import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { openState } from '../../src/ports/state.ts'
import type { PortsState } from '../../src/ports/watch.ts'
import { checkOf, endpointsOf } from '../fixtures/endpoints.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackbench-ports-'))
  file = join(folder, 'ports.json')
})
afterEach(() => rm(folder, { recursive: true }))

const stateOf = (hosts: string, uncounted = 0): PortsState => ({ uncounted, endpoints: endpointsOf(hosts).map((endpoint) => ({ endpoint, checks: [checkOf('+'), checkOf('t')] })) })

test('what one process saves the next one has, and nothing else is left beside it', async () => {
  const first = await openState(file)
  expect([first.past, first.notes, await readdir(folder)]).toEqual([undefined, [], []])
  expect([await first.save(stateOf('ab')), await first.save(stateOf('abc', 2))]).toEqual([undefined, undefined])
  const second = await openState(file)
  expect([second.past, second.notes, await readdir(folder)]).toEqual([stateOf('abc', 2), [], ['ports.json']])
})

test('directories that are not there are made', async () => {
  const deep = join(folder, 'build', 'state', 'ports.json')
  await (await openState(deep)).save(stateOf('a'))
  expect((await openState(deep)).past).toEqual(stateOf('a'))
})

test('a link to a state stays one', async () => {
  await (await openState(file)).save(stateOf('a'))
  const link = join(folder, 'link.json')
  await symlink('ports.json', link)
  await (await openState(link)).save(stateOf('ab'))
  expect((await openState(file)).past).toEqual(stateOf('ab'))
})

test('a damaged state is moved aside with a note, its history begins anew, and the next process knows nothing of it', async () => {
  await (await openState(file)).save(stateOf('ab'))
  const half = (await readFile(file, 'utf8')).slice(0, 200)
  await writeFile(file, half)
  const opened = await openState(file)
  expect([opened.past, opened.notes]).toEqual([undefined, [`--state: ${file} was damaged (it is no JSON): it is now ${file}.damaged, and the history begins anew`]])
  expect([await readdir(folder), await readFile(`${file}.damaged`, 'utf8')]).toEqual([['ports.json.damaged'], half])
  expect(await opened.save(stateOf('a'))).toBeUndefined()
  const next = await openState(file)
  expect([next.past, next.notes]).toEqual([stateOf('a'), []])
})

test('an empty file begins anew with a note', async () => {
  await writeFile(file, '')
  const opened = await openState(file)
  expect([opened.past, opened.notes]).toEqual([undefined, [`--state: ${file} is empty: its history begins anew`]])
  expect(await opened.save(stateOf('a'))).toBeUndefined()
})

test.each([
  ['a file of somebody else', '{"name":"mine"}', 'is no state of rackbench ports (kind: expected rackbench-ports, but it is missing): name another file'],
  ['a state of a newer version', '{"kind":"rackbench-ports","version":7}', 'was written by a newer rackbench: it has version 7, and this rackbench reads 1: use that one'],
])('%s is refused, and stands as it was', async (_what, text, problem) => {
  await writeFile(file, text)
  await expect(openState(file)).rejects.toThrow(new UsageError([`--state: ${file}: ${problem}`]))
  expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual([text, ['ports.json']])
})

test('what is no file, and a directory that is none, are refused', async () => {
  await mkdir(file)
  await expect(openState(file)).rejects.toThrow(new UsageError([`--state: ${file}: is not a file`]))
  await writeFile(join(folder, 'a'), '')
  const below = join(folder, 'a', 'ports.json')
  await expect(openState(below)).rejects.toThrow(/^--state: .*ports\.json: its directory cannot be made: (?:EEXIST|ENOTDIR)$/)
})

test('a state that cannot be written is told by the file system, and the old one stands', async () => {
  const opened = await openState(file)
  await opened.save(stateOf('a'))
  await rename(folder, `${folder}.away`)
  try {
    await expect(opened.save(stateOf('ab'))).rejects.toThrow('ENOENT')
  } finally {
    await rename(`${folder}.away`, folder)
  }
  expect((await openState(file)).past).toEqual(stateOf('a'))
})

test('of two processes with one file the last one wins, whole, and each is told once that it replaces the rounds of the other', async () => {
  const [one, two] = [await openState(file), await openState(file)]
  const told = /^--state: another process has written .*ports\.json meanwhile: its rounds are lost\. Give each job a file of its own$/
  expect(await one.save(stateOf('a'))).toBeUndefined()
  expect(await two.save(stateOf('b'))).toMatch(told)
  expect(await two.save(stateOf('bb'))).toBeUndefined()
  expect(await one.save(stateOf('aa'))).toMatch(told)
  expect(await two.save(stateOf('bbb'))).toBeUndefined()
  expect((await openState(file)).past).toEqual(stateOf('bbb'))
  await Promise.all([one.save(stateOf('aaaa')), two.save(stateOf('bbbb'))])
  expect([stateOf('aaaa'), stateOf('bbbb')]).toContainEqual((await openState(file)).past)
  expect(await readdir(folder)).toEqual(['ports.json'])
})
