import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { takeLock } from '../../src/run/lock.ts'

let directory: string
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'rackbench-lock-'))))
afterEach(async () => rm(directory, { recursive: true, force: true }))

const now = Date.parse('2026-11-21T10:00:00.000Z')
const startedAt = '2026-11-21T10:00:00.000Z'
const take = (force = false) => takeLock(directory, { force, now })
const lockFile = (): string => join(directory, 'rackbench.lock')
const files = (): Promise<string[]> => readdir(directory)

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'])
  await once(child, 'exit')
  return child.pid!
}
const held = async (holder: unknown): Promise<void> => writeFile(lockFile(), typeof holder === 'string' ? holder : JSON.stringify(holder))

test('a lock names host, process and time, and is gone when it is released', async () => {
  const lock = await take()
  expect(JSON.parse(await readFile(lockFile(), 'utf8'))).toMatchObject({ host: hostname(), pid: process.pid, startedAt })
  expect(await files()).toEqual(['rackbench.lock'])
  await lock.release()
  expect(await files()).toEqual([])
})

test('a process that leaves at once releases it at once', async () => {
  const lock = await take()
  lock.releaseNow()
  expect(await files()).toEqual([])
})

test('a lock that has been taken by somebody else since is not released', async () => {
  const lock = await take()
  await held({ host: 'elsewhere', pid: 1, startedAt })
  await lock.release()
  lock.releaseNow()
  expect(await files()).toEqual(['rackbench.lock'])
})

test('a released lock may be released again, also when the directory is gone', async () => {
  const lock = await take()
  await rm(directory, { recursive: true })
  await lock.release()
  lock.releaseNow()
})

describe('a directory is refused', () => {
  const refusal = async (force = false): Promise<readonly string[]> => {
    const error: unknown = await take(force).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect(await files()).toEqual(['rackbench.lock'])
    return (error as UsageError).problems
  }
  test('while a living process holds it, even by force', async () => {
    await take()
    const problem = `${directory} is in use: a rackbench with process ID ${process.pid} has been writing there since ${startedAt}`
    expect([await refusal(), await refusal(true)]).toEqual([[problem], [problem]])
  })

  test('while a living process holds it whose start nobody knows', async () => {
    await held({ host: hostname(), pid: process.ppid, startedAt })
    expect(await refusal()).toEqual([`${directory} is in use: a rackbench with process ID ${process.ppid} has been writing there since ${startedAt}`])
  })

  test('while a process of another host holds it', async () => {
    await held({ host: 'elsewhere', pid: 7, startedAt })
    expect(await refusal()).toEqual([`${directory} is locked by process 7 on host elsewhere since ${startedAt}: if that one is gone, add --force`])
  })
})

describe('a directory is taken over', () => {
  test.each<[string, () => Promise<unknown>, boolean]>([
    ['from a dead process', async () => ({ host: hostname(), pid: await deadProcess(), startedAt }), false],
    ['from a process whose ID was given away again', async () => ({ host: hostname(), pid: process.pid, startedAt, processStart: '1' }), false],
    ['from a process of another host, by force', async () => ({ host: 'elsewhere', pid: 7, startedAt }), true],
    ['from a file that is no lock', async () => 'what is this', false],
    ['from a lock that names nobody', async () => ({ host: hostname(), pid: 0, startedAt }), false],
    ['from an empty file', async () => '', false],
  ])('%s', async (_what, holder, force) => {
    await held(await holder())
    await take(force)
    expect(JSON.parse(await readFile(lockFile(), 'utf8'))).toMatchObject({ host: hostname(), pid: process.pid })
    expect(await files()).toEqual(['rackbench.lock'])
  })

  test('after a process that died while it was taking it over', async () => {
    const stale = { host: hostname(), pid: await deadProcess(), startedAt }
    await held(stale)
    await writeFile(join(directory, claimOn(stale)), JSON.stringify({ host: hostname(), pid: await deadProcess(), startedAt }))
    await take()
    expect(await files()).toEqual(['rackbench.lock'])
  })

  test('not while a living process is taking it over', async () => {
    const stale = { host: hostname(), pid: await deadProcess(), startedAt }
    await held(stale)
    await writeFile(join(directory, claimOn(stale)), JSON.stringify({ host: hostname(), pid: process.ppid, startedAt }))
    await expect(take()).rejects.toThrow(`${directory} is in use: a rackbench with process ID ${process.ppid}`)
  })
})

/** The name of the claim on a lock. */
function claimOn(stale: object): string {
  return `rackbench.lock.${createHash('sha256').update(JSON.stringify(stale)).digest('hex').slice(0, 16)}`
}

describe('of many processes that come at once', () => {
  /** The sources as Node.js can run them. */
  async function compiled(): Promise<string> {
    const out = join(directory, 'js')
    const flags = ['--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--rewriteRelativeImportExtensions', '--noCheck', '--outDir', out]
    await promisify(execFile)(process.execPath, [resolve('node_modules/typescript/bin/tsc'), resolve('src/run/lock.ts'), ...flags])
    await symlink(resolve('node_modules'), join(directory, 'node_modules'))
    await writeFile(join(directory, 'package.json'), '{"type": "module"}')
    return pathToFileURL(join(out, 'run/lock.js')).href
  }

  const racer = `
    const [url, ...directories] = process.argv.slice(2)
    const { takeLock } = await import(url)
    const won = []
    process.stdout.write('ready\\n')
    await new Promise((resolve) => process.stdin.once('data', resolve))
    for (const directory of directories) {
      try { await takeLock(directory, { force: false, now: Date.now() }); won.push(1) } catch (error) { won.push(error.name === 'UsageError' ? 0 : String(error)) }
    }
    process.stdout.write(JSON.stringify(won))
    process.stdin.resume()
  `

  test('exactly one takes over what a dead process left', async () => {
    const url = await compiled()
    const stale = JSON.stringify({ host: hostname(), pid: await deadProcess(), startedAt })
    const directories = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const one = join(directory, `run-${n}`)
        await mkdir(one)
        await writeFile(join(one, 'rackbench.lock'), stale)
        return one
      }),
    )
    await writeFile(join(directory, 'racer.mjs'), racer)
    const children = Array.from({ length: 8 }, () => spawn(process.execPath, [join(directory, 'racer.mjs'), url, ...directories], { stdio: ['pipe', 'pipe', 'inherit'] }))
    await Promise.all(children.map((child) => once(child.stdout, 'readable')))
    const outputs = children.map((child) => text(child.stdout))
    // Nobody leaves before all are through: a winner that is gone may be taken over, and rightly.
    for (const child of children) child.stdin.write('go\n')
    await Promise.all(children.map(async (child) => once(child.stdout, 'data')))
    for (const child of children) child.stdin.end()
    const won = (await Promise.all(outputs)).map((output) => JSON.parse(output.replace('ready\n', '')) as (number | string)[])
    const winners = directories.map((_, n) => won.map((of) => String(of[n])).toSorted())
    expect(winners).toEqual(directories.map(() => ['0', '0', '0', '0', '0', '0', '0', '1']))
    expect(await readdir(directories[0]!)).toEqual(['rackbench.lock'])
  })
})
