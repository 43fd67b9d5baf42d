import { expect, test } from 'vitest'
import type { NodeProgress } from '../../src/clients/ironic-api.ts'
import { watchConductors } from '../../src/clients/ironic-conductors.ts'
import { systemClock } from '../../src/model/clock.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import { progress } from '../fixtures/ironic-answers.ts'

/** Reads at each of these times what `nodes` answers then; what is told of each node. */
async function told(times: readonly number[], nodes: (at: number) => Record<string, NodeProgress | Error>, conductors: readonly { hostname: string; alive: boolean }[] | Error) {
  let now = 0
  let looks = 0
  const read = watchConductors({
    clock: { ...systemClock, elapsed: () => now },
    read: async () => new Map(Object.entries(nodes(now))),
    async conductors() {
      looks++
      if (conductors instanceof Error) throw conductors
      return [...conductors]
    },
  })
  const lines: Record<string, string>[] = []
  for (const at of times) {
    now = at
    const found = await read(Object.keys(nodes(at)))
    lines.push(Object.fromEntries([...found].map(([id, of]) => [id, of instanceof Error ? `${of instanceof ProvisionerUnavailableError ? 'unavailable: ' : ''}${of.message}` : 'told'])))
  }
  return { lines, looks }
}

const held = progress('a', { provision_state: 'deploying', reservation: 'one' })
const waiting = progress('b', { provision_state: 'wait call-back' })

test('a node that stands still under a conductor that has died is unavailable; those of others are told as they are', async () => {
  const nodes = () => ({ a: held, b: waiting, c: progress('c', { provision_state: 'deploying', reservation: 'two' }) })
  expect(await told([0, 9999, 10_000], nodes, [{ hostname: 'one', alive: false }, { hostname: 'two', alive: true }])).toEqual({
    lines: [{ a: 'told', b: 'told', c: 'told' }, { a: 'told', b: 'told', c: 'told' }, { a: 'unavailable: the conductor one, which works on the node, is not alive', b: 'told', c: 'told' }],
    looks: 1,
  })
})

test('without any conductor nothing goes on, whoever holds a node', async () => {
  const { lines } = await told([0, 15_000], () => ({ a: held, b: waiting }), [{ hostname: 'one', alive: false }])
  expect(lines[1]).toEqual({ a: 'unavailable: no conductor of Ironic is alive', b: 'unavailable: no conductor of Ironic is alive' })
})

test('a node that moves on is told, whatever its conductor, and nobody is asked for it', async () => {
  const nodes = (at: number) => ({ a: { ...held, last_error: String(at) }, b: new Error('gone') })
  expect(await told([0, 15_000, 30_000], nodes, [{ hostname: 'one', alive: false }])).toEqual({ lines: [1, 2, 3].map(() => ({ a: 'told', b: 'gone' })), looks: 0 })
})

test('conductors are looked at once in ten seconds; whoever may not look goes without', async () => {
  expect(await told([0, 10_000, 15_000, 20_000], () => ({ a: held }), new Error('403'))).toEqual({ lines: [1, 2, 3, 4].map(() => ({ a: 'told' })), looks: 2 })
})
