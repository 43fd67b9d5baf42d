import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { stoppable } from '../../src/cli/stoppable.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const place = () => ({ process: new EventEmitter() as unknown as NodeJS.Process, clock: virtualClock() })
const hearing = ({ process }: ReturnType<typeof place>): number => ['SIGHUP', 'SIGINT', 'SIGTERM'].reduce((sum, name) => sum + process.listenerCount(name), 0)

test('work that nobody stops is carried out, and nobody listens any more', async () => {
  const where = place()
  const working = stoppable(async () => hearing(where), where)
  expect([await working, hearing(where)]).toEqual([{ is: 'done', value: 3 }, 0])
  await expect(stoppable(() => Promise.reject(new Error('no')), where)).rejects.toThrow('no')
  expect([hearing(where), where.clock.waiting()]).toEqual([0, 0])
})

test('the first signal ends work that heeds it, whatever becomes of it', async () => {
  for (const becomes of [() => Promise.resolve(1), (signal: AbortSignal) => Promise.reject(signal.reason as Error)]) {
    const where = place()
    const working = stoppable((signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(becomes(signal)))), where)
    where.process.emit('SIGTERM', 'SIGTERM')
    where.process.emit('SIGINT', 'SIGINT')
    expect([await working, hearing(where), where.clock.waiting()]).toEqual([{ is: 'stopped', by: 'SIGTERM' }, 0, 0])
  }
})

test('work that does not heed it is left behind after 2 s', async () => {
  const where = place()
  const working = stoppable(() => new Promise(() => {}), where)
  where.process.emit('SIGINT', 'SIGINT')
  expect(await where.clock.run(working)).toEqual({ is: 'stopped', by: 'SIGINT' })
  expect(where.clock.elapsed()).toBe(2000)
})
