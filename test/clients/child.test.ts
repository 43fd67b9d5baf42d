import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChildOptions, Ran } from '../../src/clients/child.ts'
import { runChild } from '../../src/clients/child.ts'
import { systemClock } from '../../src/model/clock.ts'
import { bearing } from '../fixtures/processes.ts'

const directory = join(import.meta.dirname, '../fixtures/scripts')

/** Every process of a test bears it in its environment. */
let mark = ''
beforeEach(() => {
  mark = `MARK=${randomUUID()}`
})
afterEach(async () => {
  const left = await bearing(mark)
  if (left.length > 0) throw new Error(`left behind: ${JSON.stringify(left)}`)
})

interface Heard extends Ran {
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}

/** Runs a script of the fixtures; `onLine` may abort. */
async function run([file, ...args]: readonly [string, ...string[]], options: Partial<ChildOptions> = {}): Promise<Heard> {
  const heard = { stdout: [] as string[], stderr: [] as string[] }
  const env = { PATH: process.env['PATH'], MARK: mark.slice('MARK='.length) }
  const ran = await runChild(
    { file: file.includes('/') ? join(directory, file) : file, args, directory, env },
    {
      signal: new AbortController().signal,
      killAfterMs: 5000,
      clock: systemClock,
      ...options,
      onLine(line, from) {
        heard[from].push(line)
        options.onLine?.(line, from)
      },
    },
  )
  return { ...ran, ...heard }
}

/** Aborts as soon as the script says that it waits. */
function abortedOnceItWaits(): Partial<ChildOptions> {
  const stop = new AbortController()
  return { signal: stop.signal, onLine: (line) => line === 'waiting' && stop.abort() }
}

const nothing = { stdout: [], stderr: [], leftBehind: false }

describe('a child', () => {
  test('is a program with arguments, and no shell looks at them', async () => {
    expect(await run(['./say.sh', '$(id)', '; exit 1', 'a b', '', "'"])).toEqual({ ...nothing, end: { is: 'exited', code: 0 }, stdout: ['$(id)', '; exit 1', 'a b', '', "'"] })
  })

  test('has no input, and is started in its directory, in a process group of its own', async () => {
    const script = 'read line; echo "read: $?"; pwd; cut -d" " -f5 /proc/$$/stat; echo $$'
    const { stdout: [read, folder, group, pid] } = await run(['sh', '-c', script])
    expect([read, folder, group]).toEqual(['read: 1', directory, pid])
  })

  test('says how it ended', async () => {
    expect(await run(['./exit.sh', '17'])).toEqual({ ...nothing, end: { is: 'exited', code: 17 }, stderr: ['PXE boot timed out'] })
    expect(await run(['./kill-self.sh', 'SEGV'])).toEqual({ ...nothing, end: { is: 'killed', signal: 'SIGSEGV' } })
  })

  test.each([
    ['no such file', ['./none.sh'], 'ENOENT'],
    ['nothing of its name in PATH', ['no-such-program'], 'ENOENT'],
    ['no program', ['./../cli.ts'], 'EACCES'],
    ['too long an argument', ['./say.sh', 'x'.repeat(3_000_000)], 'E2BIG'],
    ['an argument that cannot be one', ['./say.sh', 'a\0b'], 'ERR_INVALID_ARG_VALUE'],
  ] as const)('that cannot be started says why: %s', async (_why, argv, code) => {
    expect(await run(argv)).toEqual({ ...nothing, end: { is: 'not started', error: expect.objectContaining({ code }) } })
  })

  test('that is the tail of a pipe tells its last line, though it outlives its parent by a moment', async () => {
    expect(await run(['./tee.sh'])).toEqual({ ...nothing, end: { is: 'exited', code: 0 }, stdout: ['81.5'] })
  })
})

describe('output', () => {
  test('of 10 MB takes no memory to speak of', async () => {
    let lines = 0
    const before = process.memoryUsage.rss()
    const { end } = await runChild({ file: join(directory, 'flood.sh'), args: [], directory, env: process.env }, { signal: new AbortController().signal, killAfterMs: 5000, clock: systemClock, onLine: () => lines++ })
    expect({ end, lines }).toEqual({ end: { is: 'exited', code: 0 }, lines: 160_001 })
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024)
  })

  test('of a line without end is told up to its bound', async () => {
    const before = process.memoryUsage.rss()
    const { stdout } = await run(['./endless-line.sh'])
    expect(stdout.map((line) => line.replace(/^x+/, (text) => `${text.length} x`))).toEqual([`${256 * 1024} x... (cut after 256 KiB)`])
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024)
  })

  test('of a child that is told to end is told to the last half line', async () => {
    const stop = new AbortController()
    const { stdout } = await run(['sh', '-c', 'echo waiting; printf half; exec sleep 1000'], { signal: stop.signal, onLine: () => stop.abort() })
    expect(stdout[0]).toBe('waiting')
    expect(stdout.slice(1).every((line) => line === 'half')).toBe(true)
  })
})

describe('an abort', () => {
  test('ends a child and all it has started', async () => {
    expect(await run(['sh', '-c', 'echo waiting; sleep 1000 & sleep 1000'], abortedOnceItWaits())).toMatchObject({ end: { is: 'killed', signal: 'SIGTERM' } })
  })

  test('lets a child tidy up', async () => {
    expect(await run(['./tidy.sh'], abortedOnceItWaits())).toMatchObject({ end: { is: 'exited', code: 3 }, stdout: ['waiting', 'tidied'] })
  })

  test('kills a child that is deaf, and all it has started, when the grace is over', async () => {
    expect(await run(['./deaf.sh'], { ...abortedOnceItWaits(), killAfterMs: 50 })).toMatchObject({ end: { is: 'killed', signal: 'SIGKILL' } })
  })

  test('kills what is deaf, where the child itself is not', async () => {
    const script = '(trap "" TERM; echo waiting; exec sleep 1000) & wait'
    expect(await run(['sh', '-c', script], { ...abortedOnceItWaits(), killAfterMs: 1000 })).toMatchObject({ end: { is: 'killed', signal: 'SIGTERM' } })
  })

  test('that comes before the start ends a child all the same', async () => {
    expect((await run(['./hang.sh'], { signal: AbortSignal.abort() })).end).toEqual({ is: 'killed', signal: 'SIGTERM' })
  })

  test('does not touch another child', async () => {
    const stop = new AbortController()
    const other = run(['sh', '-c', 'echo waiting; exec sleep 0.3'], { onLine: () => stop.abort() })
    const ended = await run(['./hang.sh'], { signal: stop.signal })
    expect([ended.end, (await other).end]).toEqual([{ is: 'killed', signal: 'SIGTERM' }, { is: 'exited', code: 0 }])
  })
})

describe('what outlives a child', () => {
  test('in its group is ended, even if it is deaf', async () => {
    expect(await run(['./orphans.sh'], { killAfterMs: 50 })).toEqual({ end: { is: 'exited', code: 0 }, stdout: ['done'], stderr: [], leftBehind: true })
  })

  test('is looked for with few descriptors, however many processes the machine has', async () => {
    const open = async (): Promise<number> => (await readdir('/proc/self/fd')).length
    const before = await open()
    let most = before
    const over = new AbortController()
    const watching = (async () => {
      while (!over.signal.aborted) most = Math.max(most, await open())
    })()
    await Promise.all(Array.from({ length: 8 }, () => run(['./orphans.sh'], { killAfterMs: 50 })))
    over.abort()
    await watching
    // Two pipes and a file each, and one to look.
    expect(most - before).toBeLessThanOrEqual(8 * 4)
  })
  test('outside of its group does not keep anybody waiting for its output', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rackbench-child-'))
    const file = join(folder, 'pid')
    expect(await run(['./daemon.sh', file])).toEqual({ end: { is: 'exited', code: 0 }, stdout: ['done'], stderr: [], leftBehind: false })
    process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL')
    await rm(folder, { recursive: true })
    while ((await bearing(mark)).length > 0) await new Promise((resolve) => setImmediate(resolve))
  })
})
