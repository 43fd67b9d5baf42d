import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout, start } from '../fixtures/shell.ts'

const program = join(checkout, 'examples/library/benchmark.mjs')

test('examples/library/benchmark.mjs tells what passed and failed, and writes only where it is asked to', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'rackbench-example-'))
  try {
    const { code, stdout, stderr } = await start([process.execPath, program], { cwd }).ended
    const run = String.raw`\(rackbench run \w+-\w+\)`
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout.split('\n').slice(0, 3)).toEqual(['passed:  101 104', 'failed:  102 103', 'skipped: none'])
    expect(stdout).toMatch(new RegExp(`^broken:  103 \\(install: PXE boot timed out ${run}\\), 102 \\(check: score 31 is below 50, by 19 ${run}\\)$`, 'm'))
    expect(await readdir(cwd)).toEqual([])
    expect((await start([process.execPath, program, 'results'], { cwd }).ended).code).toBe(1)
    expect((await readdir(join(cwd, 'results'))).sort()).toEqual(['failed-servers.txt', 'html', 'journal.jsonl', 'junit.xml', 'logs', 'results.csv', 'results.json', 'run.log', 'summary.md', 'trace.json'])
  } finally {
    await rm(cwd, { recursive: true })
  }
})
