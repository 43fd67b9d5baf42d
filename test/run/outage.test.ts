import { expect, test } from 'vitest'
import { createOutage } from '../../src/run/outage.ts'

/** Whether a promise has been resolved by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))])
}

test('nobody waits while no step is in trouble', async () => {
  expect(await isOver(createOutage().over())).toBe(true)
})

test('everybody waits until the last step is out of trouble', async () => {
  const outage = createOutage()
  const [leaveOne, leaveOther] = [outage.enter(), outage.enter()]
  const waiting = [outage.over(), outage.over()]
  leaveOne()
  leaveOne()
  expect(await Promise.all(waiting.map(isOver))).toEqual([false, false])
  leaveOther()
  expect(await Promise.all(waiting.map(isOver))).toEqual([true, true])
})

test('who waits goes on waiting if the next trouble has begun by then', async () => {
  const outage = createOutage()
  const leave = outage.enter()
  const waiting = outage.over()
  leave()
  const leaveNext = outage.enter()
  expect(await isOver(waiting)).toBe(false)
  leaveNext()
  expect(await isOver(waiting)).toBe(true)
})

test('once the run is being ended nobody waits any more', async () => {
  const outage = createOutage()
  outage.enter()
  const waiting = outage.over()
  outage.giveUp()
  expect([await isOver(waiting), await isOver(outage.over())]).toEqual([true, true])
})
