import { describe, expect, test } from 'vitest'
import type { RunDirectoryWorld } from '../../../src/cli/doctor/run-directory.ts'
import { checkRunDirectory } from '../../../src/cli/doctor/run-directory.ts'
import { linesOf } from '../../../src/cli/doctor/finding.ts'
import type { ServerId } from '../../../src/model/server.ts'

const gibibyte = 1024 ** 3
const good: RunDirectoryWorld = { shown: 'out', disk: { is: 'writable', freeBytes: gibibyte, freeFiles: 10_000 }, standing: { is: 'no run' }, replace: false, force: false, servers: 100 }
const told = (world: Partial<RunDirectoryWorld>): string[] => checkRunDirectory({ ...good, ...world }).flatMap(linesOf)
const holder = { host: 'agent-2', pid: 7, startedAt: '2026-11-21T09:00:00.000Z' }
const held = ['101', '102'] as unknown as readonly ServerId[]

describe('a run directory', () => {
  test.each<[string, Partial<RunDirectoryWorld>, readonly string[]]>([
    ['that is free', {}, ['ok    run directory: out can be written to']],
    ['with a run that has ended', { standing: { is: 'ended', held: [] } }, ['ok    run directory: out holds a run that has ended; the next one replaces it']],
    ['with one that ended and holds servers', { standing: { is: 'ended', held } }, [
      'warn  run directory: out holds a run that has ended, and may still hold 2 servers (101, 102)', '      `rackbench destroy out` wipes what it can; the next run forgets them',
    ]],
    ['with one that has died', { standing: { is: 'died', held } }, [
      'fail  run directory: out holds a run that has died, and may still hold 2 servers (101, 102)', '      go on with `rackbench resume out`, wipe with `rackbench destroy out`, or add --replace to give it up',
    ]],
    ['with one that is given up', { standing: { is: 'died', held: [] }, replace: true }, ['warn  run directory: out holds a run that has died; --replace gives it up', '      `rackbench destroy out` would wipe what it holds']],
    ['with one that is live', { standing: { is: 'live', holder }, replace: true, force: true }, [
      'fail  run directory: in out a run is live, of process 7 since 2026-11-21T09:00:00.000Z', '      wait for it, or send it SIGTERM; or choose another one with --out',
    ]],
    ['locked elsewhere', { standing: { is: 'locked elsewhere', holder } }, [
      'fail  run directory: out is locked by process 7 on host agent-2 since 2026-11-21T09:00:00.000Z', '      if that process is gone, add --force; otherwise wait for it, or choose another one with --out',
    ]],
    ['taken over', { standing: { is: 'locked elsewhere', holder }, force: true }, [
      'warn  run directory: out is locked by process 7 on host agent-2 since 2026-11-21T09:00:00.000Z, and --force takes it over', '      be sure that this process is gone',
    ]],
    ['with one that had not begun', { standing: { is: 'not begun' } }, ['fail  run directory: out holds a run that had not begun', '      it holds no server: `rackbench destroy out --if-unfinished`, or add --replace']],
    ['with one that had not begun, given up', { standing: { is: 'not begun' }, replace: true }, ['ok    run directory: out holds a run that had not begun; --replace gives it up']],
    ['with something else', { standing: { is: 'unreadable', problem: 'x is not a journal' } }, ['fail  run directory: x is not a journal', '      choose another one with --out, or add --replace: what is there instead of a journal goes to previous/']],
    ['with something else, put aside', { standing: { is: 'unreadable', problem: 'x is not a journal' }, replace: true }, ['warn  run directory: x is not a journal; --replace puts it aside', '      be sure that it holds no servers']],
    ['that is a file', { disk: { is: 'not writable', code: 'ENOTDIR' } }, [
      'fail  run directory: cannot write to out: a part of its path is a file, not a directory', '      choose another one with --out, or give the user of this process the right to write there',
    ]],
    ['that has no links', { disk: { is: 'without links', code: 'EPERM' } }, ['fail  run directory: the file system of out has no hard links (EPERM), which the lock of a run needs', '      choose another one with --out, on a local disk']],
  ])('%s', (_what, world, lines) => {
    expect(told(world)).toEqual(lines)
  })

  test('has room for its servers, or it is told', () => {
    const room = (freeBytes: number, freeFiles: number | undefined, servers: number): string[] => told({ disk: { is: 'writable', freeBytes, freeFiles }, servers }).filter((line) => line.startsWith('warn'))
    expect(room(gibibyte, undefined, 100)).toEqual([])
    expect(room(gibibyte / 32, undefined, 0)).toEqual(['warn  run directory: 32 MiB are free where out is'])
    expect(room(gibibyte, undefined, 100_000)).toEqual(['warn  run directory: 1024 MiB are free where out is'])
    expect(room(gibibyte, 150, 100)).toEqual(['warn  run directory: 150 files can still be made where out is'])
  })
})
