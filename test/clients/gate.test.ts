import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGate } from '../../src/clients/gate.ts'

test('never more go on at once than may, all get their turn in order, and those that abort while they wait never begin', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean(), gone: fc.boolean() }), { maxLength: 20 }), async (most, works) => {
      const gate = createGate(most)
      const begun: number[] = []
      let inside = 0
      let busiest = 0
      const controllers = works.map(() => new AbortController())
      const all = works.map(({ turns, fails }, index) =>
        gate(async () => {
          begun.push(index)
          busiest = Math.max(busiest, ++inside)
          for (let turn = 0; turn < turns; turn++) await Promise.resolve()
          inside--
          if (fails) throw new Error('failed')
          return index
        }, controllers[index]!.signal),
      )
      const waiting = works.map(({ gone }, index) => gone && index >= most)
      for (const [index, isGone] of waiting.entries()) if (isGone) controllers[index]!.abort(new Error('gone'))
      const settled = await Promise.allSettled(all)
      expect(busiest).toBeLessThanOrEqual(most)
      expect(begun).toEqual(works.flatMap((_, index) => (waiting[index] ? [] : [index])))
      expect(settled.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as Error).message))).toEqual(works.map(({ fails }, index) => (waiting[index] ? 'gone' : fails ? 'failed' : index)))
    }),
  )
})

test('urgent work goes before all that waits, and no more of it at once', async () => {
  const gate = createGate(1)
  const { signal } = new AbortController()
  const order: string[] = []
  const work = (name: string) => async (): Promise<void> => {
    order.push(`${name} begins`)
    await Promise.resolve()
    order.push(`${name} ends`)
  }
  await Promise.all([gate(work('first'), signal), gate(work('second'), signal), gate(work('poll'), signal, 'urgent'), gate(work('third'), signal)])
  expect(order).toEqual(['first', 'poll', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]))
})
