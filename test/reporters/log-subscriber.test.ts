import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { logSubscriber } from '../../src/reporters/log-subscriber.ts'
import { openLogs } from '../../src/reporters/logs.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import { id, liveRun, passing, planOf } from './report-run.ts'

test('what happens to a server is in its file, from its start to its end, and what happens to the run is not', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rackbench-subscriber-'))
  const shown: string[] = []
  const logs = openLogs({ directory, level: 'info', format: 'text', console: { line: (text) => shown.push(text) }, clock: virtualClock(), onProblem: (message) => shown.push(message) })
  const tell = logSubscriber(logs, { directory: 'out' })
  const { record } = liveRun(planOf([104]), (event, fold) => tell(event, fold.state))
  const server = logs.open(id(104), 'worker-01')
  for (const fact of passing(id(104))) record(fact)
  await server.close()
  record({ type: 'run.finished', status: 'finished', exitCode: 0, problems: [] })
  await logs.close()

  const about = [
    'info  [worker-01] [104] server started',
    'info  [worker-01] [104] install: started (debian-12)',
    'info  [worker-01] [104] install: passed in 1s',
    'info  [worker-01] [104] benchmark: started',
    'info  [worker-01] [104] benchmark: passed in 1s: score 80',
    'info  [worker-01] [104] check: passed',
    'info  [worker-01] [104] destroy: started',
    'info  [worker-01] [104] destroy: passed in 1s',
    'info  [worker-01] [104] server passed in 10s',
  ]
  const lines = (name: string): string[] => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1).map((line) => line.slice(25))
  expect(lines('logs/104.log')).toEqual(about)
  expect(shown).toEqual([
    'info  [rackbench] started: run r1 of 1 server, debian-12 by provisioner simulated, 15 at a time, destroy passing, at most 5 marked as broken, in out',
    ...about,
    'info  [rackbench] finished: 1 passed, 0 failed, 0 skipped; exit code 0',
  ])
  expect(lines('run.log')).toEqual(shown)
  rmSync(directory, { recursive: true })
})
