import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate as othersTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Check, Endpoint } from '../../src/model/endpoint.ts'
import type { CheckAll } from '../../src/ports/monitor.ts'
import { createMonitor } from '../../src/ports/monitor.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const endpointsOf = (count: number): Endpoint[] => Array.from({ length: count }, (_, index) => ({ host: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, port: 22 }))

/** Lets a monitor watch so many endpoints. Every fifth flaps; `made` sees each check that is given to the monitor and may put another in its place. */
async function watch(endpoints: readonly Endpoint[], rounds: number, made: (check: Check) => Check): Promise<{ readonly kept: number; readonly changes: number }> {
  const clock = virtualClock()
  let round = 0
  const checkAll: CheckAll = async (all, _signal, onCheck) => {
    round++
    const at = new Date(clock.now()).toISOString()
    for (const [index, endpoint] of all.entries()) {
      onCheck(made(index % 5 === 0 && round % 7 === 0 ? { ok: false, at, ms: 1, reason: 'refused', detail: 'nobody listens' } : { ok: true, at, ms: 1 }), endpoint, index)
    }
  }
  const monitor = createMonitor({ endpoints, checkAll, history: 5, everyMs: 1000, count: rounds, clock, signal: new AbortController().signal })
  let changes = 0
  const read = async (): Promise<void> => {
    for await (const told of monitor.rounds()) changes += told.changes.length
  }
  await clock.run(read())
  return { kept: monitor.state().endpoints.reduce((sum, { checks }) => sum + checks.length, 0), changes }
}

test('an endpoint costs the same in every round, however many there are and however long it goes on: so many looks at results, and no more', async () => {
  const looksOf = async (count: number, rounds: number): Promise<number> => {
    let looks = 0
    const counting = ({ ok, ...check }: Check): Check => ({ ...check, get ok() { return (looks++, ok) } }) as Check
    await watch(endpointsOf(count), rounds, counting)
    return looks / count / rounds
  }
  const [few, many, long] = [await looksOf(100, 7), await looksOf(10_000, 7), await looksOf(100, 280)]
  expect(many).toBeLessThanOrEqual(few)
  // The status before and after the round, of five checks each, in two passes at most, and the rule of the cut-off.
  expect(Math.max(few, long)).toBeLessThan(2 * 2 * 5 + 4)
})

test('over 100 rounds of 1,000 endpoints no check is held in memory but the last five of each', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const seen: WeakRef<Check>[] = []
  const { kept, changes } = await watch(endpointsOf(1000), 100, (check) => {
    seen.push(new WeakRef(check))
    return check
  })
  await othersTurn()
  collect()
  expect([seen.length, kept, changes]).toEqual([100_000, 5000, 1000 + 200 * 27])
  expect(seen.filter((check) => check.deref()).length).toBeLessThanOrEqual(6000)
})
